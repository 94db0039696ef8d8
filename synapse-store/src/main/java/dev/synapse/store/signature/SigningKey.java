package dev.synapse.store.signature;

import dev.synapse.store.bytes.ByteString;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/// A secret Ed25519 key with a name. Its written form, `NAME:BASE64` of 32 bytes of seed and the 32
/// bytes of the public key, is what `nix key generate-secret` prints.
public final class SigningKey {
  private static final int SEED = 32;
  private static final int SIZE = SEED + VerificationKey.SIZE;
  private static final byte X_IS_ODD = (byte) 0x80;
  private static final String ALGORITHM = "Ed25519";

  private final byte[] seed;
  private final PrivateKey key;
  private final VerificationKey verificationKey;

  private SigningKey(byte[] seed, PrivateKey key, VerificationKey verificationKey) {
    this.seed = seed;
    this.key = key;
    this.verificationKey = verificationKey;
  }

  /// A new key.
  ///
  /// @param name such as `cache.example.org-1`: where it is used, and a number to count up when it
  ///   is replaced
  public static SigningKey generate(String name) throws KeyException {
    NamedBytes.requireName(name);
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
      byte[] point = encode((EdECPublicKey) pair.getPublic());
      return new SigningKey(
          seed, pair.getPrivate(), VerificationKey.of(name, ByteString.of(point)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  /// RFC 8032, section 5.1.2: y, least byte first, and the lowest bit of x at the very end.
  private static byte[] encode(EdECPublicKey key) {
    byte[] y = key.getPoint().getY().toByteArray();
    byte[] bytes = new byte[VerificationKey.SIZE];
    for (int index = 0; index < Math.min(y.length, bytes.length); index++) {
      bytes[index] = y[y.length - 1 - index];
    }
    if (key.getPoint().isXOdd()) {
      bytes[bytes.length - 1] |= X_IS_ODD;
    }
    return bytes;
  }

  /// Reads the written form; blanks and line ends around it do not count. Refuses a key whose
  /// halves do not belong together.
  public static SigningKey parse(String text) throws KeyException {
    NamedBytes named = NamedBytes.parse(text.strip(), "a secret key", SIZE);
    byte[] bytes = named.bytes().toByteArray();
    byte[] seed = Arrays.copyOf(bytes, SEED);
    try {
      PrivateKey key =
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
      ByteString point = ByteString.of(bytes, SEED, SIZE);
      SigningKey read = new SigningKey(seed, key, VerificationKey.of(named.name(), point));
      if (!read.verificationKey.verifies(point, read.sign(point))) {
        throw new KeyException(new KeyProblem.HalvesDiffer(named.name()));
      }
      return read;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  /// The name before the colon.
  public String name() {
    return verificationKey.name();
  }

  /// The public half.
  public VerificationKey verificationKey() {
    return verificationKey;
  }

  /// A signature of `message`. The same message always gives the same one.
  public Signature sign(ByteString message) {
    try {
      java.security.Signature signing = java.security.Signature.getInstance(ALGORITHM);
      signing.initSign(key);
      signing.update(message.toByteArray());
      return new Signature(name(), ByteString.of(signing.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }

  /// The written form, which is a secret: for a file that only its owner may read.
  public String secret() {
    byte[] bytes = Arrays.copyOf(seed, SIZE);
    System.arraycopy(verificationKey.bytes().toByteArray(), 0, bytes, SEED, VerificationKey.SIZE);
    return NamedBytes.print(name(), bytes);
  }

  /// The name alone, so that no log gets the secret.
  @Override
  public String toString() {
    return "secret key '" + name() + "'";
  }
}
