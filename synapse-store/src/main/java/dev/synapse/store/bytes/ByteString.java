package dev.synapse.store.bytes;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A string of bytes that never changes. The order is that of unsigned bytes, and a shorter string
/// comes before its extensions: the order of everything that the Nix formats call sorted.
public final class ByteString implements Comparable<ByteString> {
  /// The string of no bytes.
  public static final ByteString EMPTY = new ByteString(new byte[0]);

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
