package dev.synapse.gmp.sign;

import dev.synapse.store.bytes.ByteString;
import java.util.HexFormat;

/// The kinds of keys that are used here: those that every program that checks signatures knows.
public enum KeyKind {
  /// Edwards-curve signatures (RFC 8032, RFC 8709).
  ED25519("ssh-ed25519", "", "Ed25519", "Ed25519", "Ed25519", 32, "302a300506032b6570032100"),

  /// ECDSA with the curve P-256 and SHA-256 (RFC 5656).
  ECDSA_P256(
      "ecdsa-sha2-nistp256",
      "nistp256",
      "EC",
      "SHA256withECDSA",
      "SHA256withECDSAinP1363Format",
      65,
      "3059301306072a8648ce3d020106082a8648ce3d030107034200");

  private final String sshName;
  private final String curve;
  private final String keyAlgorithm;
  private final String signatureAlgorithm;
  private final String fixedAlgorithm;
  private final int pointSize;
  private final String prefix;

  KeyKind(
      String sshName,
      String curve,
      String keyAlgorithm,
      String signatureAlgorithm,
      String fixedAlgorithm,
      int pointSize,
      String prefix) {
    this.sshName = sshName;
    this.curve = curve;
    this.keyAlgorithm = keyAlgorithm;
    this.signatureAlgorithm = signatureAlgorithm;
    this.fixedAlgorithm = fixedAlgorithm;
    this.pointSize = pointSize;
    this.prefix = prefix;
  }

  static KeyKind ofSshName(String name) throws SignException {
    for (KeyKind kind : values()) {
      if (kind.sshName.equals(name)) {
        return kind;
      }
    }
    throw new SignException(new SignProblem.UnknownKind(name));
  }

  /// The name in OpenSSH's files, such as `ssh-ed25519`.
  public String sshName() {
    return sshName;
  }

  /// The name of the curve in OpenSSH's files; empty where the kind has only one.
  String curve() {
    return curve;
  }

  /// What the JDK calls the keys.
  String keyAlgorithm() {
    return keyAlgorithm;
  }

  /// What the JDK calls the signatures as most programs write them.
  String signatureAlgorithm() {
    return signatureAlgorithm;
  }

  /// What the JDK calls the signatures of a fixed size.
  String fixedAlgorithm() {
    return fixedAlgorithm;
  }

  /// The bytes of a public key.
  int pointSize() {
    return pointSize;
  }

  /// What the DER of a public key begins with (RFC 5280, SubjectPublicKeyInfo).
  ByteString prefix() {
    return ByteString.of(HexFormat.of().parseHex(prefix));
  }
}
