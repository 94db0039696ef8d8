package dev.synapse.gmp.waiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.synapse.build.document.Problem;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.sign.AllowedSigners;
import dev.synapse.gmp.sign.KeyKind;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.SshSignature;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tomlj.Toml;

/// Only who is allowed gives leave, in a file that nobody changed since.
final class SignedWaiversTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
  private static final Path SSH_KEYGEN = Path.of("/usr/bin/ssh-keygen");
  private static final String GOOD =
      """
      version = 1

      [[waivers]]
      id = "W-1"
      limit = "test_coverage"
      reason = "the port to the new parser is half done"
      risk = "an untested branch of the old parser"
      requested-by = "ann@example.org"
      approved-by = "bea@example.org"
      expires = 2026-12-31

      [[waivers]]
      id = "W-2"
      finding = "0123456789abcdef"
      reason = "r"
      risk = "r"
      requested-by = "ann@example.org"
      approved-by = "bea@example.org"
      expires = "2026-11-22"
      """;

  private final SignKey key = SignKey.generate(KeyKind.ED25519);
  @TempDir private Path folder;

  private AllowedSigners signers(String options) throws Exception {
    return AllowedSigners.parse(
        "bea@example.org %s%s\n".formatted(options, key.verifyKey().line()));
  }

  private Path signed(String name, String text, String namespace) throws Exception {
    Path file = Files.writeString(folder.resolve(name), text);
    var signature = SshSignature.sign(text.getBytes(StandardCharsets.UTF_8), key, namespace);
    Files.writeString(folder.resolve(name + ".sig"), signature.armoured());
    return file;
  }

  private List<String> refused(AllowedSigners signers, Path... files) {
    var thrown =
        catchThrowableOfType(
            WaiverException.class, () -> new SignedWaivers(signers, DAY).read(List.of(files)));
    assertThat(thrown).isNotNull();
    return thrown.problems().stream().map(Problem::message).toList();
  }

  @Test
  void aSignedWaiverHoldsUntilItsLastDay() throws Exception {
    Path file = signed("w.toml", GOOD, SshSignature.NAMESPACE);
    Waivers waivers = new SignedWaivers(signers(""), DAY).read(List.of(file));
    var coverage = new Waiver.Target.OfLimit(Metric.TEST_COVERAGE, Scope.PROJECT, "");
    assertThat(waivers.find(coverage).map(Waiver::id)).contains("W-1");
    assertThat(waivers.find(new Waiver.Target.OfFinding("0123456789abcdef"))).isEmpty();
    assertThat(waivers.expired()).extracting(Waiver::id).containsExactly("W-2");
    LocalDate last = LocalDate.of(2026, 12, 31);
    assertThat(new SignedWaivers(signers(""), last).read(List.of(file)).find(coverage)).isPresent();
    assertThat(new SignedWaivers(signers(""), last.plusDays(1)).read(List.of(file)).find(coverage))
        .isEmpty();
  }

  @Test
  void whatSshKeygenSignsIsRead() throws Exception {
    assumeTrue(Files.isExecutable(SSH_KEYGEN), "ssh-keygen is not installed");
    Path file = Files.writeString(folder.resolve("w.toml"), GOOD);
    run("-q", "-t", "ed25519", "-N", "", "-C", "c", "-f", "key");
    run("-Y", "sign", "-n", "synapse-gmp", "-f", "key", "w.toml");
    var allowed =
        AllowedSigners.parse(
            "bea@example.org namespaces=\"synapse-gmp\" "
                + Files.readString(folder.resolve("key.pub")));
    assertThat(new SignedWaivers(allowed, DAY).read(List.of(file)).all()).hasSize(2);
  }

  private void run(String... arguments) throws Exception {
    var command = new java.util.ArrayList<>(List.of(SSH_KEYGEN.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void whoIsNotAllowedGivesNoLeave() throws Exception {
    Path unsigned = Files.writeString(folder.resolve("u.toml"), GOOD);
    assertThat(refused(signers(""), unsigned))
        .containsExactly("u.toml: is not signed: ssh-keygen -Y sign -n synapse-gmp -f KEY u.toml");
    Path file = signed("w.toml", GOOD, SshSignature.NAMESPACE);
    assertThat(refused(AllowedSigners.parse("eve@example.org " + key.verifyKey().line()), file))
        .singleElement()
        .asString()
        .contains("no allowed signer 'bea@example.org'");
    assertThat(refused(signers("valid-before=\"20260101\" "), file)).hasSize(1);
    assertThat(refused(signers("namespaces=\"git\" "), file)).hasSize(1);
    assertThat(refused(signers(""), signed("mail.toml", GOOD, "file"))).hasSize(1);
    Files.writeString(file, GOOD.replace("2026-12-31", "2036-12-31"));
    assertThat(refused(signers(""), file)).singleElement().asString().contains("does not fit");
  }

  @Test
  void nobodyApprovesTheirOwnRequest() throws Exception {
    Path file = signed("w.toml", GOOD.replace("ann@", "Bea@"), SshSignature.NAMESPACE);
    assertThat(refused(signers(""), file))
        .containsExactly(
            "w.toml:9: waivers.approved-by: nobody approves a request of their own",
            "w.toml:18: waivers.approved-by: nobody approves a request of their own");
    assertThatThrownBy(() -> new Waiver.Grounds("r", "r", "a", "A"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnceAndTheSchemaAgrees() throws Exception {
    String text =
        """
        version = 1
        [[waivers]]
        id = "a b"
        limit = "covrage"
        scope = "changed"
        reason = " "
        requested-by = "ann"
        approved-by = "bea"
        expires = "31.12.2026"
        [[waivers]]
        id = "W"
        limit = "test_pass_rate"
        finding = "0123456789abcdef"
        reason = "r"
        risk = "r"
        requested-by = "ann"
        approved-by = "bea"
        expires = 2026-12-31
        until = 3
        """;
    assertThat(refused(signers(""), Files.writeString(folder.resolve("w.toml"), text)))
        .containsExactly(
            "w.toml:2: waivers.risk: missing, expected what may come of it",
            "w.toml:3: waivers.id: expected a name of letters, digits and . _ -, found 'a b'",
            "w.toml:4: waivers.limit: expected the name of a metric, found 'covrage'",
            "w.toml:6: waivers.reason: expected why, found ' '",
            "w.toml:9: waivers.expires: expected a day, 2026-12-31, found '31.12.2026'",
            "w.toml:10: waivers: expected either 'limit' or 'finding'",
            "w.toml:19: waivers.until: unknown key; known: 'id', 'limit', 'finding', 'reason',"
                + " 'risk', 'requested-by', 'approved-by', 'expires'");
    assertThat(violations(text)).isPositive();
    assertThat(violations(GOOD)).isZero();
  }

  private static int violations(String toml) throws Exception {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(
            Files.readString(Path.of("..", "schemas", "gate-waivers-v1.json")), InputFormat.JSON)
        .validate(Toml.parse(toml).toJson(), InputFormat.JSON)
        .size();
  }

  @Test
  void anIdIsThereOnceInAllFiles() throws Exception {
    Path one = signed("one.toml", GOOD, SshSignature.NAMESPACE);
    Path two = signed("two.toml", GOOD, SshSignature.NAMESPACE);
    assertThat(refused(signers(""), one, two))
        .containsExactly("two.toml: W-1: another file has a waiver of this name");
    assertThat(refused(signers(""), folder.resolve("absent.toml")))
        .containsExactly("absent.toml: is no file");
  }
}
