package dev.synapse.store.signature;

import dev.synapse.store.bytes.ByteString;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;

/// A public Ed25519 key with a name, written `NAME:BASE64` as in Nix's `trusted-public-keys`.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8032">RFC 8032, section 5.1.5</a>
public final class VerificationKey {
  static final int SIZE = 32;
  private static final int SIGN_BIT = 0x80;
  private static final String ALGORITHM = "Ed25519";

  private final String name;
  private final ByteString bytes;
  private final PublicKey key;

  private VerificationKey(String name, ByteString bytes, PublicKey key) {
    this.name = name;
    this.bytes = bytes;
    this.key = key;
  }

  /// Reads the written form; blanks and line ends around it do not count.
  public static VerificationKey parse(String text) throws KeyException {
    NamedBytes named = NamedBytes.parse(text.strip(), "a public key", SIZE);
    return of(named.name(), named.bytes());
  }

  /// The key whose 32 bytes are given.
  public static VerificationKey of(String name, ByteString bytes) throws KeyException {
    NamedBytes.requireName(name);
    byte[] reversed = bytes.toByteArray();
    boolean odd = (reversed[SIZE - 1] & SIGN_BIT) != 0;
    reversed[SIZE - 1] &= (byte) ~SIGN_BIT;
    for (int low = 0, high = SIZE - 1; low < high; low++, high--) {
      byte kept = reversed[low];
      reversed[low] = reversed[high];
      reversed[high] = kept;
    }
    try {
      EdECPoint point = new EdECPoint(odd, new BigInteger(1, reversed));
      PublicKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
      java.security.Signature.getInstance(ALGORITHM).initVerify(key); // looks at the point
      return new VerificationKey(name, bytes, key);
    } catch (GeneralSecurityException _) {
      throw new KeyException(new KeyProblem.NoPoint(name));
    }
  }

  /// The name before the colon.
  public String name() {
    return name;
  }

  /// The 32 bytes.
  public ByteString bytes() {
    return bytes;
  }

  /// Whether `signature` is one of `message` by this key. The name in it does not matter.
  public boolean verifies(ByteString message, Signature signature) {
    try {
      java.security.Signature check = java.security.Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(message.toByteArray());
      return check.verify(signature.bytes().toByteArray());
    } catch (SignatureException _) {
      return false; // bytes that no signature has
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerificationKey that
        && name.equals(that.name)
        && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  /// The written form.
  @Override
  public String toString() {
    return NamedBytes.print(name, bytes.toByteArray());
  }
}
