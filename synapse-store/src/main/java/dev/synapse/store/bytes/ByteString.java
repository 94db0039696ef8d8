package dev.synapse.store.bytes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/// A string of bytes that never changes. The order is that of unsigned bytes, and a shorter string
/// comes before its extensions: the order of everything that the Nix formats call sorted.
public final class ByteString implements Comparable<ByteString> {
  /// The string of no bytes.
  public static final ByteString EMPTY = new ByteString(new byte[0]);

  private static final char END_OF_ASCII = 0x80;

  /// A percent sign and two digits.
  private static final int ENCODED_LENGTH = 3;

  private final byte[] bytes;

  private ByteString(byte[] bytes) {
    this.bytes = bytes;
  }

  /// The UTF-8 bytes of `text`.
  public static ByteString of(String text) {
    return new ByteString(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A copy of `bytes`.
  public static ByteString of(byte[] bytes) {
    return new ByteString(bytes.clone());
  }

  /// A copy of the bytes from index `from` up to, not including, index `to`.
  public static ByteString of(byte[] bytes, int from, int to) {
    return new ByteString(Arrays.copyOfRange(bytes, from, to));
  }

  /// The bytes of a path, which is made absolute. Its text does not always have them, for that went
  /// through the encoding of the locale.
  public static ByteString ofPath(Path path) {
    Path absolute = path.toAbsolutePath();
    String text = absolute.toString();
    return isAscii(text) ? of(text) : decoded(absolute.toUri().getRawPath(), text.endsWith("/"));
  }

  /// Whether every character of `text` is one of ASCII.
  public static boolean isAscii(String text) {
    for (int index = 0; index < text.length(); index++) {
      if (text.charAt(index) >= END_OF_ASCII) {
        return false;
      }
    }
    return true;
  }

  /// What percent-encoding says: RFC 3986, section 2.1. The path of a directory has a slash at its
  /// end there that is not its own.
  private static ByteString decoded(String uri, boolean slashAtEnd) {
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    int index = 0;
    while (index < uri.length()) {
      char each = uri.charAt(index);
      int end = index + (each == '%' ? ENCODED_LENGTH : 1);
      decoded.write(each == '%' ? HexFormat.fromHexDigits(uri, index + 1, end) : each);
      index = end;
    }
    byte[] whole = decoded.toByteArray();
    boolean added = !slashAtEnd && whole[whole.length - 1] == '/';
    return of(whole, 0, added ? whole.length - 1 : whole.length);
  }

  /// The text that these bytes are in UTF-8. Bytes that are no UTF-8 become U+FFFD, so this is for
  /// showing and for what is known to be text.
  public String utf8() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /// A copy of the bytes.
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /// The number of bytes.
  public int length() {
    return bytes.length;
  }

  /// Whether this is the string of no bytes.
  public boolean isEmpty() {
    return bytes.length == 0;
  }

  /// The byte at `index`, counted from 0.
  public byte byteAt(int index) {
    return bytes[index];
  }

  /// Whether `value` is among the bytes.
  public boolean contains(byte value) {
    for (byte each : bytes) {
      if (each == value) {
        return true;
      }
    }
    return false;
  }

  /// Writes the bytes, without their number.
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes);
  }

  @Override
  public int compareTo(ByteString other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ByteString that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// The same as [#utf8()].
  @Override
  public String toString() {
    return utf8();
  }
}
