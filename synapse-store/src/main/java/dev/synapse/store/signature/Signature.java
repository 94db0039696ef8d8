package dev.synapse.store.signature;

import dev.synapse.store.bytes.ByteString;

/// A detached Ed25519 signature and the name of the key that made it, written `NAME:BASE64`.
///
/// @param key the name of the key
/// @param bytes 64 bytes
public record Signature(String key, ByteString bytes) {
  static final int SIZE = 64;

  /// Refuses another number of bytes.
  public Signature {
    if (bytes.length() != SIZE) {
      throw new IllegalArgumentException("a signature has 64 bytes, not " + bytes.length());
    }
  }

  /// Reads the written form.
  public static Signature parse(String text) throws KeyException {
    NamedBytes named = NamedBytes.parse(text, "a signature", SIZE);
    return new Signature(named.name(), named.bytes());
  }

  /// The name that a written signature says, whatever follows it; empty if there is none.
  public static String nameIn(String text) {
    return text.substring(0, Math.max(0, text.indexOf(':')));
  }

  /// The written form.
  @Override
  public String toString() {
    return NamedBytes.print(key, bytes.toByteArray());
  }
}
