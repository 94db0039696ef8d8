package dev.synapse.gmp.sign;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.bytes.ByteString;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// The public half of a key: who has it can check what the other half signed.
///
/// @param kind which algorithm
/// @param point 32 bytes of an Ed25519 key (RFC 8032), or the 65 bytes of an uncompressed point of
///   P-256 (SEC 1, section 2.3.3)
public record VerifyKey(KeyKind kind, ByteString point) {
  private static final String WHAT = "a public key";

  /// Type, key and comment.
  private static final int WORDS = 3;

  /// Refuses another number of bytes.
  public VerifyKey {
    requireNonNull(kind, "kind");
    if (point.length() != kind.pointSize()) {
      throw new IllegalArgumentException("a public key of %d bytes".formatted(point.length()));
    }
  }

  /// Reads a line as `ssh-keygen` writes it, `ssh-ed25519 AAAA… comment`, or the PEM that `openssl
  /// pkey -pubout` writes.
  public static VerifyKey parse(String text) throws SignException {
    String stripped = text.strip();
    return Armour.PUBLIC_KEY.begins(stripped) ? ofPem(stripped) : ofLine(stripped);
  }

  private static VerifyKey ofPem(String text) throws SignException {
    byte[] der = Armour.PUBLIC_KEY.read(WHAT, text);
    for (KeyKind kind : KeyKind.values()) {
      byte[] prefix = kind.prefix().toByteArray();
      if (der.length == prefix.length + kind.pointSize()
          && Arrays.equals(prefix, Arrays.copyOf(der, prefix.length))) {
        return new VerifyKey(kind, ByteString.of(der, prefix.length, der.length)).sound();
      }
    }
    throw new SignException(new SignProblem.UnknownKind("of this PEM"));
  }

  private static VerifyKey ofLine(String text) throws SignException {
    List<String> words = List.of(text.split("[ \t]+", WORDS));
    if (text.isEmpty() || text.contains("\n") || words.size() < 2) {
      throw SignException.malformed(WHAT, "it is not one line 'TYPE BASE64', nor a PEM");
    }
    KeyKind kind = KeyKind.ofSshName(words.getFirst());
    VerifyKey key = ofBlob(Armour.decode(WHAT, words.get(1)));
    if (key.kind() != kind) {
      throw SignException.malformed(WHAT, "its two types differ");
    }
    return key;
  }

  /// Reads the binary form (RFC 4253, section 6.6; RFC 5656, section 3.1; RFC 8709, section 4).
  static VerifyKey ofBlob(byte[] blob) throws SignException {
    WireReader in = new WireReader(WHAT, blob);
    KeyKind kind = KeyKind.ofSshName(in.text());
    if (!kind.curve().isEmpty() && !in.text().equals(kind.curve())) {
      throw SignException.malformed(WHAT, "it names another curve");
    }
    byte[] point = in.string();
    in.end();
    if (point.length != kind.pointSize()) {
      throw SignException.malformed(WHAT, "it has %d bytes".formatted(point.length));
    }
    return new VerifyKey(kind, ByteString.of(point)).sound();
  }

  /// The binary form.
  byte[] blob() {
    WireWriter out = new WireWriter().string(kind.sshName());
    if (!kind.curve().isEmpty()) {
      out.string(kind.curve());
    }
    return out.string(point.toByteArray()).bytes();
  }

  private VerifyKey sound() throws SignException {
    try {
      javaKey();
      return this;
    } catch (GeneralSecurityException _) {
      throw SignException.malformed(WHAT, "it is no point of the curve");
    }
  }

  private PublicKey javaKey() throws GeneralSecurityException {
    return KeyFactory.getInstance(kind.keyAlgorithm())
        .generatePublic(new X509EncodedKeySpec(der()));
  }

  /// The DER form (RFC 5280, SubjectPublicKeyInfo).
  public byte[] der() {
    byte[] prefix = kind.prefix().toByteArray();
    byte[] der = Arrays.copyOf(prefix, prefix.length + point.length());
    System.arraycopy(point.toByteArray(), 0, der, prefix.length, point.length());
    return der;
  }

  /// The PEM form, as openssl and cosign read it.
  public String pem() {
    return Armour.PUBLIC_KEY.write(der());
  }

  /// OpenSSH's form on one line, without a comment.
  public String line() {
    return kind.sshName() + " " + Base64.getEncoder().encodeToString(blob());
  }

  /// The name that OpenSSH shows for the key: `SHA256:` and base 64 without padding.
  public String fingerprint() {
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(Digests.sha256(blob()));
  }

  /// Whether the other half of this key made `signature` of `message`.
  ///
  /// @param signature 64 bytes for Ed25519, ASN.1 for ECDSA
  public boolean verifies(byte[] message, byte[] signature) {
    return verifies(kind.signatureAlgorithm(), message, signature);
  }

  boolean verifiesFixed(byte[] message, byte[] signature) {
    return verifies(kind.fixedAlgorithm(), message, signature);
  }

  private boolean verifies(String algorithm, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(javaKey());
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException _) {
      return false; // a signature that is not even one
    }
  }

  @Override
  public String toString() {
    return fingerprint();
  }
}
