package org.example.roman;

/// Roman numerals from I to MMMCMXCIX.
public final class Roman {
  private static final int LARGEST = 3999;
  private static final int[] VALUES = {1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1};
  private static final String[] SIGNS = {
    "M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"
  };

  private Roman() {}

  /// Writes `number`, from 1 to 3999.
  public static String write(int number) {
    if (number < 1 || number > LARGEST) {
      throw new IllegalArgumentException("no Roman numeral for " + number);
    }
    StringBuilder text = new StringBuilder();
    int rest = number;
    for (int i = 0; i < VALUES.length; i++) {
      while (rest >= VALUES[i]) {
        text.append(SIGNS[i]);
        rest -= VALUES[i];
      }
    }
    return text.toString();
  }

  /// Reads a numeral in the one form that [#write] gives it.
  public static int read(String text) {
    int number = 0;
    int at = 0;
    for (int i = 0; i < VALUES.length; i++) {
      while (text.startsWith(SIGNS[i], at)) {
        number += VALUES[i];
        at += SIGNS[i].length();
      }
    }
    if (at != text.length() || number == 0 || number > LARGEST || !write(number).equals(text)) {
      throw new IllegalArgumentException("'" + text + "' is not a Roman numeral");
    }
    return number;
  }
}
