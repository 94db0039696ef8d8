package dev.synapse.gmp.sign;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Digests that every JDK has.
final class Digests {
  static final String SHA256 = "SHA-256";
  static final String SHA512 = "SHA-512";

  private Digests() {}

  static byte[] sha256(byte[] bytes) {
    return of(SHA256, bytes);
  }

  static byte[] of(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }
}
