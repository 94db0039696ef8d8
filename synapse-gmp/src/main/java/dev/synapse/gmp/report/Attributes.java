package dev.synapse.gmp.report;

import java.util.Map;

/// The attributes of one element, decoded.
record Attributes(Map<String, String> values) {
  private static final int DIGITS = 12;

  boolean has(String name) {
    return values.containsKey(name);
  }

  /// Empty when it is not there.
  String text(String name) {
    return values.getOrDefault(name, "");
  }

  /// A whole number of at most 12 digits; `missing` when it is not there.
  long count(String name, long missing) throws DamagedReport {
    if (!has(name)) {
      return missing;
    }
    String text = text(name);
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || text.length() > DIGITS) {
      throw new DamagedReport("'%s' is '%s', not a whole number".formatted(name, Label.cut(text)));
    }
    return Long.parseLong(text);
  }
}
