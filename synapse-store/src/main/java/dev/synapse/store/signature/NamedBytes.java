package dev.synapse.store.signature;

import dev.synapse.store.bytes.ByteString;
import java.util.Base64;

/// The one written form of keys and signatures: `NAME:BASE64`. As Nix reads it, the name ends at
/// the first colon, and what follows the first `=` of the base 64 does not count.
///
/// @param bytes what the base 64 says
record NamedBytes(String name, ByteString bytes) {
  /// The one control character after the printable ones of ASCII.
  private static final char DELETE = 0x7f;

  /// @param what names the thing in problems, such as "a secret key"
  static NamedBytes parse(String text, String what, int size) throws KeyException {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      throw new KeyException(new KeyProblem.NoName(what));
    }
    String name = text.substring(0, colon);
    byte[] bytes;
    try {
      bytes = decode(text.substring(colon + 1));
    } catch (IllegalArgumentException _) {
      throw new KeyException(new KeyProblem.NotBase64(what, name));
    }
    if (bytes.length != size) {
      throw new KeyException(new KeyProblem.WrongSize(what, name, bytes.length, size));
    }
    return new NamedBytes(name, ByteString.of(bytes));
  }

  private static byte[] decode(String text) {
    int padding = text.indexOf('=');
    String counted = padding < 0 ? text : text.substring(0, padding);
    return Base64.getDecoder().decode(counted.replace("\n", ""));
  }

  static String print(String name, byte[] bytes) {
    return name + ":" + Base64.getEncoder().encodeToString(bytes);
  }

  static void requireName(String name) throws KeyException {
    if (name.isEmpty()
        || name.chars().anyMatch(each -> each == ':' || each <= ' ' || each == DELETE)) {
      throw new KeyException(new KeyProblem.BadName(name));
    }
  }
}
