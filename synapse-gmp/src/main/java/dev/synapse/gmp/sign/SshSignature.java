package dev.synapse.gmp.sign;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.bytes.ByteString;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/// A signature as `ssh-keygen -Y sign` makes it and `ssh-keygen -Y verify` checks it. It is good
/// for one namespace only: what was signed for mail cannot release a batch.
///
/// @param key who signed
/// @param namespace what for
/// @param hash the digest that was signed: `sha256` or `sha512`
/// @param value as the kind of key has it in SSH, without its name
/// @see <a
///   href="https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig">PROTOCOL.sshsig</a>
public record SshSignature(VerifyKey key, String namespace, String hash, ByteString value) {
  /// The namespace of everything that is signed here.
  public static final String NAMESPACE = "synapse-gmp";

  private static final String WHAT = "a signature";
  private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final Map<String, String> HASHES =
      Map.of("sha256", Digests.SHA256, "sha512", Digests.SHA512);
  private static final String USUAL_HASH = "sha512";
  private static final int COORDINATE = 32;

  /// Refuses an unknown digest.
  public SshSignature {
    requireNonNull(key, "key");
    if (!HASHES.containsKey(hash)) {
      throw new IllegalArgumentException("unknown digest " + hash);
    }
  }

  /// Reads the text between `BEGIN SSH SIGNATURE` and `END SSH SIGNATURE`.
  public static SshSignature parse(String text) throws SignException {
    WireReader in = new WireReader(WHAT, Armour.SSH_SIGNATURE.read(WHAT, text));
    in.magic(MAGIC);
    int version = in.uint32();
    if (version != VERSION) {
      throw SignException.malformed(WHAT, "version %d".formatted(version));
    }
    VerifyKey key = VerifyKey.ofBlob(in.string());
    String namespace = in.text();
    in.string(); // reserved
    String hash = in.text();
    if (!HASHES.containsKey(hash)) {
      throw SignException.malformed(WHAT, "unknown digest '%s'".formatted(hash));
    }
    WireReader value = new WireReader(WHAT, in.string());
    in.end();
    if (KeyKind.ofSshName(value.text()) != key.kind()) {
      throw SignException.malformed(WHAT, "it is of another type than its key");
    }
    byte[] bytes = value.string();
    value.end();
    return new SshSignature(key, namespace, hash, ByteString.of(bytes));
  }

  /// Signs `message` for `namespace`.
  public static SshSignature sign(byte[] message, SignKey key, String namespace) {
    byte[] fixed = key.signFixed(signed(message, namespace, USUAL_HASH));
    byte[] value =
        switch (key.verifyKey().kind()) {
          case ED25519 -> fixed;
          case ECDSA_P256 ->
              new WireWriter()
                  .mpint(new BigInteger(1, fixed, 0, COORDINATE))
                  .mpint(new BigInteger(1, fixed, COORDINATE, COORDINATE))
                  .bytes();
        };
    return new SshSignature(key.verifyKey(), namespace, USUAL_HASH, ByteString.of(value));
  }

  private static byte[] signed(byte[] message, String namespace, String hash) {
    return new WireWriter()
        .raw(MAGIC)
        .string(namespace)
        .string("")
        .string(hash)
        .string(Digests.of(requireNonNull(HASHES.get(hash)), message))
        .bytes();
  }

  /// The text that [#parse(String)] and `ssh-keygen` read.
  public String armoured() {
    byte[] inner =
        new WireWriter().string(key.kind().sshName()).string(value.toByteArray()).bytes();
    return Armour.SSH_SIGNATURE.write(
        new WireWriter()
            .raw(MAGIC)
            .uint32(VERSION)
            .string(key.blob())
            .string(namespace)
            .string("")
            .string(hash)
            .string(inner)
            .bytes());
  }

  /// Requires that the key in this signature signed `message` for `expectedNamespace`. Says nothing
  /// of whose key that is.
  public void require(byte[] message, String expectedNamespace) throws SignException {
    if (!namespace.equals(expectedNamespace)) {
      throw new SignException(new SignProblem.WrongNamespace(namespace, expectedNamespace));
    }
    if (!key.verifiesFixed(signed(message, namespace, hash), fixed())) {
      throw new SignException(new SignProblem.WrongSignature(key.fingerprint()));
    }
  }

  private byte[] fixed() throws SignException {
    if (key.kind() == KeyKind.ED25519) {
      return value.toByteArray();
    }
    WireReader in = new WireReader(WHAT, value.toByteArray());
    byte[] fixed = new byte[2 * COORDINATE];
    place(in.mpint(), fixed, COORDINATE);
    place(in.mpint(), fixed, 2 * COORDINATE);
    in.end();
    return fixed;
  }

  private static void place(BigInteger number, byte[] into, int end) throws SignException {
    byte[] bytes = number.toByteArray();
    int from = bytes.length > 1 && bytes[0] == 0 ? 1 : 0;
    int size = bytes.length - from;
    if (number.signum() < 0 || size > COORDINATE) {
      throw SignException.malformed(WHAT, "its numbers are out of range");
    }
    System.arraycopy(bytes, from, into, end - size, size);
  }

  /// Requires a good signature of an allowed signer, and answers the principals that the list gives
  /// the key: one name, unless the line of the list has several, separated by commas.
  ///
  /// @param signature the armoured text
  /// @param day on which the key has to be valid: its first moment, in UTC
  public static String verify(
      byte[] message, String signature, String namespace, AllowedSigners signers, LocalDate day)
      throws SignException {
    SshSignature read = parse(signature);
    read.require(message, namespace);
    return signers.find(read.key, namespace, Optional.empty(), start(day)).principals();
  }

  /// Requires a good signature of the allowed signer `principal`.
  ///
  /// @param moment at which the key has to be valid
  public static void verifyAs(
      String principal,
      byte[] message,
      String signature,
      String namespace,
      AllowedSigners signers,
      Instant moment)
      throws SignException {
    SshSignature read = parse(signature);
    read.require(message, namespace);
    signers.find(read.key, namespace, Optional.of(principal), moment);
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }
}
