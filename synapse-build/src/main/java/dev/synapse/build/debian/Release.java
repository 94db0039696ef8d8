package dev.synapse.build.debian;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the signed list of a suite says.
///
/// @param byHash whether its files can also be had by their hash
/// @param files each with its SHA-256 and size, by its path below the suite's folder
record Release(boolean byHash, Map<String, Listed> files) {
  private static final Pattern FILE =
      Pattern.compile("\\s+([0-9a-f]{64})\\s+(\\d{1,15})\\s+(\\S+)");
  private static final Duration CLOCK_MAY_BE_OFF = Duration.ofDays(1);

  record Listed(Hash sha256, OptionalLong size) {}

  /// Reads the text, which must already be verified, and refuses one of another suite or time.
  ///
  /// @throws DebianException when it is not for `suite` and `architecture`, not for now, or weak
  static Release parse(String text, String suite, String architecture, String place, Instant now)
      throws DebianException {
    var fields = new HashMap<String, String>();
    var files = new HashMap<String, Listed>();
    String last = "";
    for (String line : text.lines().toList()) {
      if (line.startsWith(" ")) {
        Matcher file = FILE.matcher(line);
        if (last.equals("sha256") && file.matches()) {
          files.put(
              file.group(3),
              new Listed(sha256(file.group(1)), OptionalLong.of(Long.parseLong(file.group(2)))));
        }
      } else if (line.indexOf(':') > 0) {
        last = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
        if (fields.put(last, line.substring(line.indexOf(':') + 1).strip()) != null) {
          throw bad(place, "it says '" + last + "' twice");
        }
      }
    }
    String codename = fields.getOrDefault("codename", "");
    if (!suite.equals(codename) && !suite.equals(fields.getOrDefault("suite", ""))) {
      throw bad(place, "it is the list of suite '%s', not of '%s'".formatted(codename, suite));
    }
    List<String> architectures =
        List.of(fields.getOrDefault("architectures", "").split("\\s+", -1));
    if (!architectures.contains(architecture)) {
      throw bad(place, "suite '%s' has no architecture '%s'".formatted(suite, architecture));
    }
    if (files.isEmpty()) {
      throw bad(place, "it lists no SHA-256 hashes, and weaker ones are not accepted");
    }
    Instant date = time(fields, "date", place).orElseThrow(() -> bad(place, "it has no date"));
    if (date.isAfter(now.plus(CLOCK_MAY_BE_OFF))) {
      throw bad(place, "it was made in the future, at %s; is the clock right?".formatted(date));
    }
    Optional<Instant> until = time(fields, "valid-until", place);
    if (until.isPresent() && now.isAfter(until.get())) {
      throw new DebianException(new DebianProblem.Expired(place, until.get()));
    }
    return new Release(
        fields.getOrDefault("acquire-by-hash", "").equalsIgnoreCase("yes"), Map.copyOf(files));
  }

  private static Hash sha256(String digits) {
    try {
      return Hash.parse(digits, HashAlgorithm.SHA256);
    } catch (HashFormatException e) {
      throw new IllegalStateException(e); // the pattern has seen to it
    }
  }

  private static Optional<Instant> time(Map<String, String> fields, String name, String place)
      throws DebianException {
    String text = fields.getOrDefault(name, "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      String zoned = text.replaceFirst(" UTC$", " GMT");
      return Optional.of(
          ZonedDateTime.parse(zoned, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeException _) {
      throw bad(place, "its %s is '%s'".formatted(name, text));
    }
  }

  private static DebianException bad(String place, String reason) {
    return new DebianException(new DebianProblem.BadRelease(place, reason));
  }
}
