package dev.synapse.gmp.output;

import java.util.Locale;

/// Makes text that somebody else wrote safe within HTML, SVG and XML: what means something there is
/// escaped, control characters are replaced, and those that change the direction of text, which can
/// make source lines look like others, are shown by their number.
///
/// @see <a href="https://www.unicode.org/reports/tr55/">Unicode Source Code Handling</a>
final class Markup {
  private static final int REPLACEMENT = 0xfffd;

  /// The last two code points of each plane are no characters.
  private static final int LAST_OF_PLANE = 0xfffe;

  private Markup() {}

  static String escape(String text) {
    var escaped = new StringBuilder(text.length());
    text.codePoints().forEach(point -> append(escaped, point));
    return escaped.toString();
  }

  private static void append(StringBuilder escaped, int point) {
    switch (point) {
      case '&' -> escaped.append("&amp;");
      case '<' -> escaped.append("&lt;");
      case '>' -> escaped.append("&gt;");
      case '"' -> escaped.append("&quot;");
      case '\'' -> escaped.append("&#39;");
      case '\t' -> escaped.append('\t');
      default -> appendOther(escaped, point);
    }
  }

  private static void appendOther(StringBuilder escaped, int point) {
    if (Character.getType(point) == Character.FORMAT) {
      escaped.append("[U+%s]".formatted(Integer.toHexString(point).toUpperCase(Locale.ROOT)));
    } else if (isNoCharacter(point)) {
      escaped.appendCodePoint(REPLACEMENT);
    } else {
      escaped.appendCodePoint(point);
    }
  }

  /// What XML 1.0 has no place for, and control characters.
  private static boolean isNoCharacter(int point) {
    boolean nonCharacter = (point & LAST_OF_PLANE) == LAST_OF_PLANE;
    return Character.isISOControl(point)
        || Character.getType(point) == Character.SURROGATE
        || nonCharacter;
  }
}
