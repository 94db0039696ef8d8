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
/// @param fields by name in lower case
/// @param files each with its SHA-256 and size, by its path below the suite's folder
record Release(Map<String, String> fields, Map<String, Listed> files) {
  private static final Pattern FILE =
      Pattern.compile("\\s+(?<sha256>[0-9a-f]{64})\\s+(?<size>\\d{1,15})\\s+(?<path>\\S+)");
  private static final Duration CLOCK_MAY_BE_OFF = Duration.ofDays(1);

  record Listed(Hash sha256, OptionalLong size) {}

  /// Reads the text, which must already be verified, and refuses one of another suite or time.
  ///
  /// @throws DebianException when it is not for `suite` and `architecture`, not for now, or weak
  static Release parse(String text, String suite, String architecture, String place, Instant now)
      throws DebianException {
    Release release = read(text, place);
    release.requireOf(suite, architecture, place);
    release.requireAt(now, place);
    return release;
  }

  private static Release read(String text, String place) throws DebianException {
    var fields = new HashMap<String, String>();
    var files = new HashMap<String, Listed>();
    String last = "";
    for (String line : text.lines().toList()) {
      if (line.startsWith(" ")) {
        Matcher file = FILE.matcher(line);
        if (last.equals("sha256") && file.matches()) {
          files.put(file.group("path"), listed(file));
        }
      } else if (line.indexOf(':') > 0) {
        last = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
        if (fields.put(last, line.substring(line.indexOf(':') + 1).strip()) != null) {
          throw bad(place, "it says '" + last + "' twice");
        }
      }
    }
    return new Release(Map.copyOf(fields), Map.copyOf(files));
  }

  private static Listed listed(Matcher file) {
    return new Listed(
        sha256(file.group("sha256")), OptionalLong.of(Long.parseLong(file.group("size"))));
  }

  private String field(String name) {
    return fields.getOrDefault(name, "");
  }

  /// Whether its files can also be had by their hash.
  boolean byHash() {
    return field("acquire-by-hash").equalsIgnoreCase("yes");
  }

  private void requireOf(String suite, String architecture, String place) throws DebianException {
    String codename = field("codename");
    if (!suite.equals(codename) && !suite.equals(field("suite"))) {
      throw bad(place, "it is the list of suite '%s', not of '%s'".formatted(codename, suite));
    }
    if (!List.of(field("architectures").split("\\s+", -1)).contains(architecture)) {
      throw bad(place, "suite '%s' has no architecture '%s'".formatted(suite, architecture));
    }
    if (files.isEmpty()) {
      throw bad(place, "it lists no SHA-256 hashes, and weaker ones are not accepted");
    }
  }

  private void requireAt(Instant now, String place) throws DebianException {
    Instant date = time("date", place).orElseThrow(() -> bad(place, "it has no date"));
    if (date.isAfter(now.plus(CLOCK_MAY_BE_OFF))) {
      throw bad(place, "it was made in the future, at %s; is the clock right?".formatted(date));
    }
    Optional<Instant> until = time("valid-until", place);
    if (until.isPresent() && now.isAfter(until.get())) {
      throw new DebianException(new DebianProblem.Expired(place, until.get()));
    }
  }

  private static Hash sha256(String digits) {
    try {
      return Hash.parse(digits, HashAlgorithm.SHA256);
    } catch (HashFormatException e) {
      throw new IllegalStateException(e); // the pattern has seen to it
    }
  }

  private Optional<Instant> time(String name, String place) throws DebianException {
    String text = field(name);
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
