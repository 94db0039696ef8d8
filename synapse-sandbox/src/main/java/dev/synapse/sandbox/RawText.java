package dev.synapse.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// Bytes that the operating system takes as text: an argument, an environment variable, a file
/// name. Any bytes but NUL; ordered by unsigned byte.
public final class RawText implements Comparable<RawText> {
  private static final int ESCAPE_LENGTH = 3;
  private static final int HEXADECIMAL = 16;
  private static final int FIRST_BEYOND_ASCII = 0x80;

  private final byte[] bytes;

  private RawText(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw new IllegalArgumentException("a NUL byte at offset " + i + " of an argument");
      }
    }
    this.bytes = bytes;
  }

  /// The UTF-8 bytes of `text`.
  public static RawText of(String text) {
    return new RawText(text.getBytes(StandardCharsets.UTF_8));
  }

  public static RawText of(byte[] bytes) {
    return new RawText(bytes.clone());
  }

  /// The bytes of a path of this machine, also of one whose name no character set can read; a
  /// relative one stays relative.
  public static RawText of(Path path) {
    String text = path.toString();
    if (isAscii(text)) {
      return of(text);
    }
    // A path's URI escapes its very bytes; its string may have lost some of them.
    String escaped = Path.of("/").resolve(path).toUri().getRawPath();
    if (escaped.length() > 1 && escaped.endsWith("/")) {
      escaped = escaped.substring(0, escaped.length() - 1);
    }
    if (!path.isAbsolute()) {
      escaped = escaped.substring(1);
    }
    var out = new ByteArrayOutputStream(escaped.length());
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == '%') {
        out.write(Integer.parseInt(escaped, i + 1, i + ESCAPE_LENGTH, HEXADECIMAL));
        i += ESCAPE_LENGTH - 1;
      } else {
        out.write(c);
      }
    }
    return new RawText(out.toByteArray());
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= FIRST_BEYOND_ASCII) {
        return false;
      }
    }
    return true;
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public int compareTo(RawText other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawText text && Arrays.equals(bytes, text.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// For people; bytes that are no UTF-8 show as U+FFFD.
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
