package dev.synapse.gmp.report.format;

/// Numbers as report files write them.
final class Numbers {
  private static final int MAX_DIGITS = 12;
  private static final int TEN = 10;

  private Numbers() {}

  /// A whole number of at most 12 digits.
  static long count(String name, String text) throws DamagedReport {
    int length = text.length();
    long value = 0;
    boolean good = length > 0 && length <= MAX_DIGITS;
    for (int i = 0; good && i < length; i++) {
      char c = text.charAt(i);
      good = c >= '0' && c <= '9';
      value = value * TEN + (c - '0');
    }
    if (!good) {
      throw new DamagedReport("'%s' is '%s', not a whole number".formatted(name, Label.cut(text)));
    }
    return value;
  }
}
