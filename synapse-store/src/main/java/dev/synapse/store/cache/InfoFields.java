package dev.synapse.store.cache;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The lines `Name: value` that narinfo and `nix-cache-info` are made of. A line ends with LF; the
/// last one too. Bytes stand for characters one to one, so that nothing is lost on the way.
final class InfoFields {
  /// All numbers of so many digits fit a `long`.
  private static final int MOST_DIGITS = 18;

  private final Map<String, List<String>> fields = new LinkedHashMap<>();

  static InfoFields parse(byte[] bytes, int limit) throws NarInfoException {
    if (bytes.length > limit) {
      throw new NarInfoException(new NarInfoProblem.TooLong(limit));
    }
    InfoFields read = new InfoFields();
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      if (end < 0) {
        throw new NarInfoException(new NarInfoProblem.NoLineEnd());
      }
      String line = text.substring(start, end);
      int colon = line.indexOf(": ");
      if (colon <= 0 || line.indexOf(':') != colon) {
        throw new NarInfoException(new NarInfoProblem.NoField(line));
      }
      read.fields
          .computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
          .add(line.substring(colon + 2));
      start = end + 1;
    }
    return read;
  }

  /// All values of a field that may be there several times.
  List<String> all(String field) {
    return fields.getOrDefault(field, List.of());
  }

  /// The value of a field that may be there once.
  Optional<String> find(String field) throws NarInfoException {
    List<String> values = all(field);
    if (values.size() > 1) {
      throw new NarInfoException(new NarInfoProblem.Repeated(field));
    }
    return values.stream().findFirst();
  }

  /// The value of a field that has to be there.
  String require(String field) throws NarInfoException {
    return find(field).orElseThrow(() -> new NarInfoException(new NarInfoProblem.Missing(field)));
  }

  static NarInfoException bad(String field, String value, String reason) {
    return new NarInfoException(new NarInfoProblem.BadValue(field, value, reason));
  }

  /// A decimal number of at most 18 digits.
  static long number(String field, String value) throws NarInfoException {
    if (value.isEmpty()
        || value.length() > MOST_DIGITS
        || !value.chars().allMatch(InfoFields::isDigit)) {
      throw bad(field, value, "it should be a number");
    }
    return Long.parseLong(value);
  }

  private static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }
}
