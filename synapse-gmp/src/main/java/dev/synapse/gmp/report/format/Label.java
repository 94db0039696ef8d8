package dev.synapse.gmp.report.format;

import java.nio.charset.StandardCharsets;

/// Names as a report holds them: of bounded length.
public final class Label {
  /// Bytes of a name; what is longer ends in an ellipsis.
  private static final int MAX_BYTES = 1000;

  /// Each byte of a character after its first begins with the bits 10.
  private static final int FIRST_BITS = 0xC0;

  private static final int CONTINUED = 0x80;

  private Label() {}

  /// At most 1,000 bytes of UTF-8; what is longer ends in an ellipsis.
  public static String cut(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MAX_BYTES) {
      return text;
    }
    int at = MAX_BYTES;
    while ((bytes[at] & FIRST_BITS) == CONTINUED) {
      at--;
    }
    return new String(bytes, 0, at, StandardCharsets.UTF_8) + "…";
  }

  /// `class.name`, or what there is of it, or the suite's name.
  public static String of(String className, String name, String suite) {
    String label =
        className.isEmpty() || name.isEmpty() ? className + name : className + "." + name;
    if (!label.isEmpty()) {
      return cut(label);
    }
    return suite.isEmpty() ? "(unnamed)" : cut(suite);
  }
}
