package dev.synapse.gmp.sign;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads a line of the allowed signers: `PRINCIPALS [OPTIONS] TYPE BASE64 [COMMENT]`.
final class SignerLine {
  private static final String AUTHORITY = "cert-authority";
  private static final String NAMESPACES = "namespaces";
  private static final String AFTER = "valid-after";
  private static final String BEFORE = "valid-before";
  private static final Set<String> WITH_VALUE = Set.of(NAMESPACES, AFTER, BEFORE);
  private static final String WHAT = "the line";
  private static final String BLANKS = " \t";

  /// `YYYYMMDD`, then perhaps hours and minutes, then perhaps seconds.
  private static final String NO_TIME = "000000";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);
  private static final int MOST_DIGITS = 14;

  private SignerLine() {}

  /// Empty for a line that allows no key of the kinds used here.
  static Optional<AllowedSigner> parse(String line) throws SignException {
    List<String> words = split(line, BLANKS);
    if (words.size() < 2) {
      throw SignException.malformed(WHAT, "there is no key");
    }
    boolean hasOptions = !isKeyType(words.get(1));
    Map<String, String> options = hasOptions ? options(words.get(1)) : Map.of();
    List<String> key = words.subList(hasOptions ? 2 : 1, words.size());
    if (key.size() < 2) {
      throw SignException.malformed(WHAT, "there is no key");
    }
    if (options.containsKey(AUTHORITY) || unusedKind(key.getFirst())) {
      return Optional.empty();
    }
    return Optional.of(
        new AllowedSigner(
            unquoted(words.getFirst()),
            VerifyKey.parse(key.getFirst() + " " + key.get(1)),
            options.containsKey(NAMESPACES)
                ? List.of(options.get(NAMESPACES).split(","))
                : List.of(),
            time(options, AFTER),
            time(options, BEFORE)));
  }

  private static boolean isKeyType(String word) {
    return word.startsWith("ssh-") || word.startsWith("ecdsa-") || word.startsWith("sk-");
  }

  private static boolean unusedKind(String type) {
    try {
      KeyKind.ofSshName(type);
      return false;
    } catch (SignException _) {
      return isKeyType(type);
    }
  }

  private static Map<String, String> options(String word) throws SignException {
    Map<String, String> options = new HashMap<>();
    for (String option : split(word, ",")) {
      int equals = option.indexOf('=');
      String name = (equals < 0 ? option : option.substring(0, equals)).toLowerCase(Locale.ROOT);
      boolean known = equals < 0 ? name.equals(AUTHORITY) : WITH_VALUE.contains(name);
      if (!known) {
        throw SignException.malformed(WHAT, "unknown option '%s'".formatted(option));
      }
      String value = equals < 0 ? "" : unquoted(option.substring(equals + 1));
      if (options.put(name, value) != null) {
        throw SignException.malformed(WHAT, "'%s' is given twice".formatted(name));
      }
    }
    return options;
  }

  private static Optional<Instant> time(Map<String, String> options, String name)
      throws SignException {
    if (!options.containsKey(name)) {
      return Optional.empty();
    }
    String text = options.get(name);
    String digits = text.endsWith("Z") ? text.substring(0, text.length() - 1) : text;
    if (!digits.matches("\\d{8}(\\d{4}(\\d{2})?)?")) {
      throw SignException.malformed(WHAT, "'%s' is not a time".formatted(text));
    }
    try {
      String whole = (digits + NO_TIME).substring(0, MOST_DIGITS);
      return Optional.of(LocalDateTime.parse(whole, TIME).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException _) {
      throw SignException.malformed(WHAT, "'%s' is not a time".formatted(text));
    }
  }

  /// What stands between separators that are not in quotes.
  private static List<String> split(String text, String separators) throws SignException {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      quoted ^= c == '"';
      if (quoted || separators.indexOf(c) < 0) {
        part.append(c);
      } else {
        parts.add(part.toString());
        part.setLength(0);
      }
    }
    if (quoted) {
      throw SignException.malformed(WHAT, "a quote is not closed");
    }
    parts.add(part.toString());
    parts.removeIf(String::isEmpty);
    return parts;
  }

  private static String unquoted(String text) {
    return text.replace("\"", "");
  }
}
