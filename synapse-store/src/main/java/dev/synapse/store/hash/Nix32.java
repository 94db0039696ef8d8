package dev.synapse.store.hash;

import java.util.Arrays;

/// Nix's base 32. The bytes are one number with the first byte least significant; the text is that
/// number in base 32, most significant digit first, padded with `0`. Not the encoding of RFC 4648.
///
/// @see <a href="https://nix.dev/manual/nix/latest/protocols/store-path">Nix manual, Store Path</a>
public final class Nix32 {
  /// The digits from 0 to 31: no e, o, t, u.
  public static final String ALPHABET = "0123456789abcdfghijklmnpqrsvwxyz";

  private static final byte[] VALUES = new byte[128];

  /// The bits of a digit.
  private static final int BITS = 5;

  private static final int HIGHEST_DIGIT = (1 << BITS) - 1;

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (int value = 0; value < ALPHABET.length(); value++) {
      VALUES[ALPHABET.charAt(value)] = (byte) value;
    }
  }

  private Nix32() {}

  /// The number of digits for `size` bytes.
  public static int lengthOf(int size) {
    return (size * Byte.SIZE + BITS - 1) / BITS;
  }

  /// Whether `character` is a digit.
  public static boolean isDigit(char character) {
    return character < VALUES.length && VALUES[character] >= 0;
  }

  /// The digits of `bytes`.
  public static String encode(byte[] bytes) {
    int length = lengthOf(bytes.length);
    char[] text = new char[length];
    for (int digit = 0; digit < length; digit++) {
      int bit = digit * BITS;
      int index = bit / Byte.SIZE;
      int pair = Byte.toUnsignedInt(bytes[index]);
      if (index + 1 < bytes.length) {
        pair |= Byte.toUnsignedInt(bytes[index + 1]) << Byte.SIZE;
      }
      text[length - 1 - digit] = ALPHABET.charAt(pair >> (bit % Byte.SIZE) & HIGHEST_DIGIT);
    }
    return new String(text);
  }

  /// The bytes that are written `text`. Refuses other characters, a length that no number of bytes
  /// has, and values that need more bits than there are.
  public static byte[] decode(String text) throws HashFormatException {
    byte[] bytes = new byte[text.length() * BITS / Byte.SIZE];
    if (lengthOf(bytes.length) != text.length()) {
      throw notNix32(text);
    }
    for (int digit = 0; digit < text.length(); digit++) {
      char character = text.charAt(text.length() - 1 - digit);
      if (!isDigit(character)) {
        throw notNix32(text);
      }
      int bit = digit * BITS;
      int index = bit / Byte.SIZE;
      int pair = VALUES[character] << (bit % Byte.SIZE);
      bytes[index] |= (byte) pair;
      int carried = pair >> Byte.SIZE;
      if (index + 1 < bytes.length) {
        bytes[index + 1] |= (byte) carried;
      } else if (carried != 0) {
        throw notNix32(text);
      }
    }
    return bytes;
  }

  private static HashFormatException notNix32(String text) {
    return new HashFormatException(new HashProblem.BadDigits(text, "nix32"));
  }
}
