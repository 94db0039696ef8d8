package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Signed statements about a batch, made and checked.
final class AttestCommandTest {
  @TempDir private Path temporary;
  private PreparedProject project;
  private Session session;

  @BeforeEach
  void build() throws Exception {
    project = PreparedProject.in(temporary).gated("growth", "strict");
    session = project.session();
    project.built(project.report(10, 0, 90, 10));
    assertThat(session.run("build").status()).isZero();
  }

  private Session.Result verify(String file, String key) {
    return session.run("attest", "verify", file, "--key", key);
  }

  @Test
  void statesWhatIsKnownOfTheNewestBatchAndChecksIt() throws Exception {
    var made = session.run("attest", "make", ".#demo", "--out", "a");
    assertThat(made.status()).as(made.err()).isZero();
    var verdict = verify("a/verdict.dsse.json", "a/key.pem");
    assertThat(verdict.status()).as(verdict.err()).isZero();
    assertThat(verdict.out())
        .startsWith("https://slsa.dev/verification_summary/v1\n")
        .contains("-demo-1.0 sha256:", "-demo-1.0-report sha256:");
    String trail = session.storeFolder().resolve("synapse/keys/trail.pub").toString();
    assertThat(verify("a/provenance.sigstore.json", trail).out())
        .startsWith("https://slsa.dev/provenance/v1\n");
    assertThat(verify("a/svr.dsse.json", "a/key.pem").out())
        .startsWith("https://in-toto.io/attestation/svr/v0.1\n")
        .contains("-demo-1.0 sha256:");
    var json =
        session.run("attest", "verify", "a/sbom.dsse.json", "--key", "a/key.pem", "--json").json();
    assertThat(json.at("/predicate/specVersion").asString()).isEqualTo("1.6");
    assertThat(json.at("/predicate/components").toString()).contains("-demo-1.0\"", "data-1.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"verdict", "svr"})
  void refusesATamperedStatementAnotherKeyAndAFolderThatIsThere(String name) throws Exception {
    String id = session.run("batch", "list", "--json").json().get(0).required("id").asString();
    assertThat(session.run("attest", "make", id, "--out", "a").status()).isZero();
    assertThat(session.run("attest", "make", id, "--out", "a").status()).isEqualTo(2);
    Path file = session.folder().resolve("a/%s.dsse.json".formatted(name));
    String text = Files.readString(file);
    int middle = text.indexOf("\"payload\":\"") + 100;
    char other = text.charAt(middle) == 'A' ? 'B' : 'A';
    Files.writeString(file, text.substring(0, middle) + other + text.substring(middle + 1));

    var tampered = verify("a/%s.dsse.json".formatted(name), "a/key.pem");
    assertThat(tampered.status()).isEqualTo(1);
    assertThat(tampered.err()).startsWith("error: the attestation: not signed by the key SHA256:");
    assertThat(session.run("attest", "verify", "a/verdict.dsse.json").status()).isEqualTo(2);
    assertThat(session.run("attest", "make", "batch_000009_00000000").status()).isEqualTo(2);
  }
}
