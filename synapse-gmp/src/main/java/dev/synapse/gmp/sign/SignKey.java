package dev.synapse.gmp.sign;

import dev.synapse.store.bytes.ByteString;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;

/// A private key. Its file is what `ssh-keygen` writes without a passphrase.
///
/// @see <a
///   href="https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key">PROTOCOL.key</a>
public final class SignKey {
  private static final String WHAT = "a private key";
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final String NONE = "none";
  private static final int SEED = 32;
  private static final int BLOCK = 8;
  private static final String CURVE = "secp256r1";
  private static final byte[] PROBE = "probe".getBytes(StandardCharsets.US_ASCII);

  private final PrivateKey key;
  private final BigInteger scalar;
  private final byte[] seed;
  private final VerifyKey verifyKey;

  private SignKey(PrivateKey key, BigInteger scalar, byte[] seed, VerifyKey verifyKey) {
    this.key = key;
    this.scalar = scalar;
    this.seed = seed;
    this.verifyKey = verifyKey;
  }

  /// A new key.
  public static SignKey generate(KeyKind kind) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.keyAlgorithm());
      if (kind == KeyKind.ECDSA_P256) {
        generator.initialize(new ECGenParameterSpec(CURVE));
      }
      KeyPair pair = generator.generateKeyPair();
      byte[] der = pair.getPublic().getEncoded();
      ByteString point = ByteString.of(der, kind.prefix().length(), der.length);
      VerifyKey verifyKey = new VerifyKey(kind, point);
      return switch (kind) {
        case ED25519 ->
            ofSeed(((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow(), verifyKey);
        case ECDSA_P256 -> ofScalar(((ECPrivateKey) pair.getPrivate()).getS(), verifyKey);
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + kind.keyAlgorithm(), e);
    }
  }

  private static SignKey ofSeed(byte[] seed, VerifyKey verifyKey) throws GeneralSecurityException {
    PrivateKey key =
        KeyFactory.getInstance(KeyKind.ED25519.keyAlgorithm())
            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    return new SignKey(key, BigInteger.ZERO, seed, verifyKey);
  }

  private static SignKey ofScalar(BigInteger scalar, VerifyKey verifyKey)
      throws GeneralSecurityException {
    String algorithm = KeyKind.ECDSA_P256.keyAlgorithm();
    AlgorithmParameters parameters = AlgorithmParameters.getInstance(algorithm);
    parameters.init(new ECGenParameterSpec(CURVE));
    ECParameterSpec curve = parameters.getParameterSpec(ECParameterSpec.class);
    if (scalar.signum() <= 0 || scalar.compareTo(curve.getOrder()) >= 0) {
      throw new InvalidKeySpecException("out of range");
    }
    PrivateKey key =
        KeyFactory.getInstance(algorithm).generatePrivate(new ECPrivateKeySpec(scalar, curve));
    return new SignKey(key, scalar, new byte[0], verifyKey);
  }

  /// Reads a private key file of OpenSSH that has no passphrase. Refuses one whose halves do not
  /// belong together.
  public static SignKey parse(String text) throws SignException {
    WireReader in = new WireReader(WHAT, Armour.SSH_PRIVATE_KEY.read(WHAT, text));
    in.magic(MAGIC);
    if (!in.text().equals(NONE)) {
      throw new SignException(new SignProblem.Locked());
    }
    in.text(); // how the key is made of the passphrase
    in.string(); // and with what
    if (in.uint32() != 1) {
      throw SignException.malformed(WHAT, "it does not hold exactly one key");
    }
    VerifyKey outer = VerifyKey.ofBlob(in.string());
    byte[] secret = in.string();
    in.end();
    SignKey key = secret(new WireReader(WHAT, secret), outer);
    if (!outer.verifies(PROBE, key.sign(PROBE))) {
      throw SignException.malformed(WHAT, "its two halves do not belong together");
    }
    return key;
  }

  private static SignKey secret(WireReader in, VerifyKey outer) throws SignException {
    int check = in.uint32();
    if (in.uint32() != check) {
      throw SignException.malformed(WHAT, "its check numbers differ");
    }
    KeyKind kind = KeyKind.ofSshName(in.text());
    if (kind != outer.kind()) {
      throw SignException.malformed(WHAT, "its two types differ");
    }
    try {
      return switch (kind) {
        case ED25519 -> {
          in.string(); // the public half
          byte[] both = in.string();
          yield ofSeed(Arrays.copyOf(both, SEED), outer);
        }
        case ECDSA_P256 -> {
          in.text(); // the curve
          in.string(); // the public half
          yield ofScalar(in.mpint(), outer);
        }
      };
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      throw SignException.malformed(WHAT, "its numbers are out of range");
    }
  }

  /// The file that [#parse(String)] and OpenSSH read.
  public String toOpenSsh(String comment) {
    int check = new SecureRandom().nextInt();
    WireWriter secret = new WireWriter().uint32(check).uint32(check);
    secret.string(verifyKey.kind().sshName());
    byte[] point = verifyKey.point().toByteArray();
    switch (verifyKey.kind()) {
      case ED25519 -> secret.string(point).string(new WireWriter().raw(seed).raw(point).bytes());
      case ECDSA_P256 -> secret.string(verifyKey.kind().curve()).string(point).mpint(scalar);
    }
    secret.string(comment);
    for (byte pad = 1; secret.size() % BLOCK != 0; pad++) {
      secret.raw(new byte[] {pad});
    }
    return Armour.SSH_PRIVATE_KEY.write(
        new WireWriter()
            .raw(MAGIC)
            .string(NONE)
            .string(NONE)
            .string("")
            .uint32(1)
            .string(verifyKey.blob())
            .string(secret.bytes())
            .bytes());
  }

  /// The public half.
  public VerifyKey verifyKey() {
    return verifyKey;
  }

  /// Signs `message`: 64 bytes for Ed25519, ASN.1 for ECDSA (RFC 3279, section 2.2.3).
  public byte[] sign(byte[] message) {
    return sign(verifyKey.kind().signatureAlgorithm(), message);
  }

  byte[] signFixed(byte[] message) {
    return sign(verifyKey.kind().fixedAlgorithm(), message);
  }

  private byte[] sign(String algorithm, byte[] message) {
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java cannot sign with " + algorithm, e);
    }
  }

  /// Only the public half: a secret must not get into a log.
  @Override
  public String toString() {
    return "private key of " + verifyKey.fingerprint();
  }
}
