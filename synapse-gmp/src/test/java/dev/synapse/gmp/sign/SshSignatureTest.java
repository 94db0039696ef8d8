package dev.synapse.gmp.sign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.bytes.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Signatures, both ways with the real `ssh-keygen`.
final class SshSignatureTest {
  private static final byte[] MESSAGE = "waive this\n".getBytes(UTF_8);
  private static final LocalDate DAY = LocalDate.of(2026, 11, 23);

  @TempDir Path folder;

  private static SignProblem problem(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(SignException.class, call).problem();
  }

  private static AllowedSigners signers(String principal, String options, VerifyKey key)
      throws SignException {
    return AllowedSigners.parse(principal + " " + options + " " + key.line() + " comment\n");
  }

  private static String verify(String signature, AllowedSigners signers) throws SignException {
    return SshSignature.verify(MESSAGE, signature, SshSignature.NAMESPACE, signers, DAY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa"})
  void verifiesWhatSshKeygenSigned(String type) throws Exception {
    OpenSsh ssh = new OpenSsh(folder);
    Path key = ssh.key(type);
    Path message = Files.write(folder.resolve("m"), MESSAGE);
    assertThat(ssh.sign(key, SshSignature.NAMESPACE, message).exit()).isZero();
    String signature = Files.readString(folder.resolve("m.sig"));
    VerifyKey publicKey = VerifyKey.parse(Files.readString(Path.of(key + ".pub")));

    assertThat(verify(signature, signers("ada@example.org", "", publicKey)))
        .isEqualTo("ada@example.org");
    assertThat(SshSignature.parse(signature).armoured()).isEqualTo(signature);
    assertThat(problem(() -> SshSignature.parse(signature).require(new byte[1], "synapse-gmp")))
        .isEqualTo(new SignProblem.WrongSignature(publicKey.fingerprint()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "ecdsa"})
  void signsWithAKeyOfSshKeygenWhatSshKeygenVerifies(String type) throws Exception {
    OpenSsh ssh = new OpenSsh(folder);
    SignKey key = SignKey.parse(Files.readString(ssh.key(type)));
    requireVerified(ssh, key);
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void signsWithAKeyOfItsOwnWhatSshKeygenVerifies(KeyKind kind) throws Exception {
    requireVerified(new OpenSsh(folder), SignKey.generate(kind));
  }

  private void requireVerified(OpenSsh ssh, SignKey key) throws Exception {
    Path message = Files.write(folder.resolve("message"), MESSAGE);
    Path other = Files.write(folder.resolve("other"), "waive that\n".getBytes(UTF_8));
    String namespaced = "namespaces=\"synapse-gmp\",valid-before=\"20270101\" ";
    Path list =
        Files.writeString(
            folder.resolve("signers"), "ada@example.org " + namespaced + key.verifyKey().line());
    Path good = armoured("good", SshSignature.sign(MESSAGE, key, SshSignature.NAMESPACE));
    Path mail = armoured("mail", SshSignature.sign(MESSAGE, key, "mail"));
    String now = "-Overify-time=20261123";

    assertThat(ssh.verify(list, "ada@example.org", good, message, now).text())
        .startsWith("Good \"synapse-gmp\" signature for ada@example.org");
    assertThat(ssh.verify(list, "ada@example.org", good, other, now).exit()).isNotZero();
    assertThat(ssh.verify(list, "eve@example.org", good, message, now).exit()).isNotZero();
    assertThat(ssh.verify(list, "ada@example.org", mail, message, now).exit()).isNotZero();
    assertThat(ssh.verify(list, "ada@example.org", good, message, "-Overify-time=20270102").exit())
        .isNotZero();
  }

  private Path armoured(String name, SshSignature signature) throws Exception {
    return Files.writeString(folder.resolve(name), signature.armoured());
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void sshKeygenReadsTheKeysWrittenHere(KeyKind kind) throws Exception {
    OpenSsh ssh = new OpenSsh(folder);
    SignKey key = SignKey.generate(kind);
    Path file = Files.writeString(folder.resolve("own"), key.toOpenSsh("mine"));
    Files.setPosixFilePermissions(
        file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));

    assertThat(ssh.run(Path.of("/dev/null"), "-y", "-f", file.toString()).text())
        .isEqualTo(key.verifyKey().line() + " mine\n");
    assertThat(ssh.run(Path.of("/dev/null"), "-l", "-f", file.toString()).text())
        .contains(key.verifyKey().fingerprint());
  }

  @Test
  void refusesAKeyThatIsProtectedByAPassphrase() throws Exception {
    OpenSsh ssh = new OpenSsh(folder);
    Path key = folder.resolve("locked");
    ssh.run(Path.of("/dev/null"), "-q", "-t", "ed25519", "-N", "secret", "-f", key.toString());

    assertThat(problem(() -> SignKey.parse(Files.readString(key))))
        .isEqualTo(new SignProblem.Locked());
  }

  @Test
  void refusesAKindOfKeyThatIsNotUsed() throws Exception {
    OpenSsh ssh = new OpenSsh(folder);
    Path key = folder.resolve("rsa");
    ssh.run(Path.of("/dev/null"), "-q", "-t", "rsa", "-N", "", "-f", key.toString());

    assertThat(problem(() -> SignKey.parse(Files.readString(key))))
        .isEqualTo(new SignProblem.UnknownKind("ssh-rsa"));
    assertThat(AllowedSigners.parse("ada " + Files.readString(Path.of(key + ".pub"))).entries())
        .isEmpty();
  }

  @Test
  void refusesAnotherNamespaceAKeyOfNobodyAndADayOutOfTime() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ED25519);
    VerifyKey publicKey = key.verifyKey();
    String signature = SshSignature.sign(MESSAGE, key, SshSignature.NAMESPACE).armoured();
    String mail = SshSignature.sign(MESSAGE, key, "mail").armoured();
    AllowedSigners ada = signers("ada", "", publicKey);

    assertThat(problem(() -> verify(mail, ada)))
        .isEqualTo(new SignProblem.WrongNamespace("mail", "synapse-gmp"));
    assertThat(problem(() -> verify(signature, AllowedSigners.parse("# none\n\n"))))
        .isInstanceOf(SignProblem.UnknownSigner.class);
    assertThat(problem(() -> verify(signature, signers("ada", "namespaces=\"git\"", publicKey))))
        .isInstanceOf(SignProblem.UnknownSigner.class);
    assertThat(
            problem(() -> verify(signature, signers("ada", "valid-after=\"20261124\"", publicKey))))
        .isEqualTo(
            new SignProblem.OutOfTime(
                publicKey.fingerprint(), "is not valid before 2026-11-24T00:00:00Z"));
    assertThat(
            problem(
                () -> verify(signature, signers("ada", "valid-before=20261122235959Z", publicKey))))
        .isEqualTo(
            new SignProblem.OutOfTime(
                publicKey.fingerprint(), "is not valid after 2026-11-22T23:59:59Z"));
    assertThat(
            verify(
                signature,
                signers("ada", "valid-after=202611230000,valid-before=\"20261123\"", publicKey)))
        .isEqualTo("ada");
  }

  @Test
  void holdsTheSignerToTheNameThatIsAskedFor() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ECDSA_P256);
    String signature = SshSignature.sign(MESSAGE, key, SshSignature.NAMESPACE).armoured();
    AllowedSigners list = signers("\"*@example.org,!eve@*,b?b\"", "", key.verifyKey());
    Instant now = Instant.parse("2026-11-23T12:00:00Z");

    for (String name : new String[] {"ada@example.org", "bob"}) {
      SshSignature.verifyAs(name, MESSAGE, signature, SshSignature.NAMESPACE, list, now);
    }
    for (String name : new String[] {"eve@example.org", "ada@example.com", "boob"}) {
      assertThat(
              problem(
                  () ->
                      SshSignature.verifyAs(
                          name, MESSAGE, signature, SshSignature.NAMESPACE, list, now)))
          .isInstanceOf(SignProblem.UnknownSigner.class);
    }
    assertThat(verify(signature, list)).isEqualTo("*@example.org,!eve@*,b?b");
  }

  @Test
  void refusesEveryChangedByteAndEveryCutOfASignature() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ED25519);
    AllowedSigners ada = signers("ada", "", key.verifyKey());
    String signature = SshSignature.sign(MESSAGE, key, SshSignature.NAMESPACE).armoured();
    byte[] whole = Armour.SSH_SIGNATURE.read("a signature", signature);
    assertThat(verify(Armour.SSH_SIGNATURE.write(whole), ada)).isEqualTo("ada");

    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      String text = Armour.SSH_SIGNATURE.write(changed);
      assertThat(catchThrowableOfType(SignException.class, () -> verify(text, ada)))
          .as("byte %d", at)
          .isNotNull();
      String cut = Armour.SSH_SIGNATURE.write(java.util.Arrays.copyOf(whole, at));
      assertThat(catchThrowableOfType(SignException.class, () -> verify(cut, ada)))
          .as("cut at %d", at)
          .isNotNull();
    }
  }

  @Test
  void refusesEveryChangedByteOfAPrivateKey() throws Exception {
    for (KeyKind kind : KeyKind.values()) {
      byte[] whole =
          Armour.SSH_PRIVATE_KEY.read("a key", SignKey.generate(kind).toOpenSsh("comment"));
      int publicOnly = 0;
      for (int at = 0; at < whole.length; at++) {
        byte[] changed = whole.clone();
        changed[at] ^= 1;
        String text = Armour.SSH_PRIVATE_KEY.write(changed);
        if (catchThrowableOfType(SignException.class, () -> SignKey.parse(text)) == null) {
          publicOnly++; // the second copy of the public half, the comment and what pads it
        }
      }
      assertThat(publicOnly).as(kind.sshName()).isLessThan(whole.length / 2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada",
        "ada ssh-ed25519",
        "ada ssh-ed25519 !!!!",
        "ada colour=red ssh-ed25519 AAAA",
        "ada cert-authority=1 ssh-ed25519 AAAA",
        "ada valid-after=2026 ssh-ed25519 AAAA",
        "ada valid-after=20261332 ssh-ed25519 AAAA",
        "ada namespaces=a,namespaces=b ssh-ed25519 AAAA",
        "\"ada ssh-ed25519 AAAA",
        "ada namespaces=\"a\"",
      })
  void namesTheLineOfAListThatCannotBeRead(String line) {
    assertThat(catchThrowableOfType(SignException.class, () -> AllowedSigners.parse("#\n" + line)))
        .hasMessageStartingWith("line 2 of the allowed signers cannot be read: ");
  }

  @Test
  void letsNoAuthorityForCertificatesSign() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ED25519);
    assertThat(signers("ada", "cert-authority", key.verifyKey()).entries()).isEmpty();
  }

  @Test
  void readsThePemThatItWrites() throws Exception {
    for (KeyKind kind : KeyKind.values()) {
      VerifyKey key = SignKey.generate(kind).verifyKey();
      assertThat(VerifyKey.parse(key.pem())).isEqualTo(key);
      assertThat(VerifyKey.parse(key.line() + " with a comment\n")).isEqualTo(key);
    }
    assertThat(
            problem(() -> VerifyKey.parse(Armour.PUBLIC_KEY.write(new byte[] {0x30, 0x03, 1, 2}))))
        .isInstanceOf(SignProblem.UnknownKind.class);
  }

  @Test
  void neverShowsASecret() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ED25519);
    assertThat(key).hasToString("private key of " + key.verifyKey().fingerprint());
    assertThat(ByteString.of(key.sign(MESSAGE)).length()).isEqualTo(64);
  }
}
