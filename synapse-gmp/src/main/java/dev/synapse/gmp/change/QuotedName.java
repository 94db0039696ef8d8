package dev.synapse.gmp.change;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Names as git quotes them when they hold bytes that a terminal would not show: as in C, with
/// octal numbers for bytes.
final class QuotedName {
  private static final String LETTERS = "abtnvfr";
  private static final byte[] MEANINGS = {7, 8, 9, 10, 11, 12, 13};
  private static final int OCTAL_DIGITS = 3;
  private static final int OCTAL = 8;

  private QuotedName() {}

  /// What stands between the first two quotes that are not escaped.
  static String read(String quoted) {
    var bytes = new ByteArrayOutputStream();
    int at = 1;
    while (at < quoted.length() && quoted.charAt(at) != '"') {
      if (quoted.charAt(at) == '\\' && at + 1 < quoted.length()) {
        at = escaped(quoted, at + 1, bytes);
      } else {
        int point = quoted.codePointAt(at);
        bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        at += Character.charCount(point);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /// Where to go on after the escape whose letter or number starts at `at`.
  private static int escaped(String quoted, int at, ByteArrayOutputStream bytes) {
    int end = at;
    while (end < quoted.length() && end < at + OCTAL_DIGITS && isOctal(quoted.charAt(end))) {
      end++;
    }
    if (end > at) {
      bytes.write(Integer.parseInt(quoted.substring(at, end), OCTAL));
      return end;
    }
    int letter = LETTERS.indexOf(quoted.charAt(at));
    bytes.write(letter < 0 ? quoted.charAt(at) : MEANINGS[letter]);
    return at + 1;
  }

  private static boolean isOctal(char digit) {
    return digit >= '0' && digit <= '7';
  }
}
