package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.gmp.sign.KeyKind;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.SshSignature;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// A build is judged by all that its gate declares: sources, policy, waivers, what changed, what
/// was built before. Files of the project change the judgement, and never the build.
final class JudgedBuildTest {
  private static final String SOURCE =
      """
      class A {
        int a(boolean b) {
          if (b) {
            return 42;
          }
          return 0;
        }
      }
      """;

  private static final String LINES =
      "{\"files\":[{\"lines\":\"3:0:2:1:1 4:3:0"
          + " 6:0:2\",\"module\":\".\",\"path\":\"A.java\"}],\"version\":1}\n";

  @TempDir private Path temporary;
  private PreparedProject project;
  private Session session;

  @BeforeEach
  void prepare() throws Exception {
    project = PreparedProject.in(temporary);
    session = project.session();
    session.write("src/A.java", SOURCE);
  }

  private Derivation built() throws Exception {
    return project.built(project.report(10, 0, 98, 2), LINES);
  }

  private JsonNode build(String... more) {
    var args = new ArrayList<>(List.of("build", "--json"));
    args.addAll(List.of(more));
    return session.run(args.toArray(String[]::new)).json();
  }

  private static JsonNode limit(JsonNode gate, String metric) {
    return gate.required("limits").values().stream()
        .filter(each -> each.required("metric").asString().equals(metric))
        .findFirst()
        .orElseThrow();
  }

  private JsonNode recorded(String batch) {
    return session.run("batch", "show", batch, "--json").json().required("result").required("gate");
  }

  private String git(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=n", "-c", "user.email=e@x"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(session.folder().toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.strip();
  }

  private String commit() throws Exception {
    git("add", ".");
    git("commit", "-qm", "work");
    return git("rev-parse", "HEAD");
  }

  private List<Path> analyses() throws Exception {
    try (Stream<Path> files = Files.list(session.storeFolder().resolve("synapse/analysis"))) {
      return files.toList();
    }
  }

  @Test
  void aNumberWithoutANameIsRejectedAtTheStageThatAllowsNone() throws Exception {
    project.gatedBy("stage = \"strict\"\nmode = \"strict\"\nsources = [\"src\"]\n");
    built();

    var result = session.run("build");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("REJECTED", "magic_numbers", "1 number too many");
    assertThat(session.folder().resolve("result")).doesNotExist();
    session.write("src/A.java", SOURCE.replace("42", "2"));
    built();
    assertThat(session.run("build").status()).isZero();
  }

  @Test
  void anotherPolicyJudgesAgainWhatIsBuiltAlready() throws Exception {
    session.write("gate.toml", "version = 1\n");
    project.gatedBy("policy = \"gate.toml\"\nmode = \"strict\"\nsources = [\"src\"]\n");
    Derivation plan = built();
    JsonNode first = build();
    assertThat(first.required("disposition").asString()).isEqualTo("released");
    assertThat(build().required("batch")).isEqualTo(first.required("batch"));

    session.write("gate.toml", "version = 1\n[stages.bootstrap]\nmagic_numbers = 0\n");
    JsonNode second = build();

    assertThat(second.required("built").asBoolean()).isFalse();
    assertThat(second.required("drvPath").asString()).isEqualTo(plan.storePath().toString());
    assertThat(second.required("outputs")).isEqualTo(first.required("outputs"));
    assertThat(second.required("disposition").asString()).isEqualTo("rejected");
    assertThat(second.required("batch").asString()).startsWith("batch_000002_");
    assertThat(build().required("batch")).isEqualTo(second.required("batch"));
    JsonNode gate = recorded(second.required("batch").asString());
    assertThat(gate.required("policy").asString()).matches("[0-9a-f]{64}");
    assertThat(gate.required("findings").values())
        .extracting(finding -> finding.required("file").asString())
        .contains("src/A.java");
    assertThat(gate.required("figures").has("closure_size")).isTrue();
    assertThat(session.run("gmp", "verify").status()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "policy = 'none.toml' | 2 | none.toml",
        "policy = 'gate.toml' | 2 | gate.toml:2: ratched: unknown key",
        "policy = 'good.toml'; stage = 'perfect' | 2 | 'perfect' is no stage",
        "waivers = ['none.toml']; allowed-signers = 'signers' | 2 | none.toml",
        "waivers = ['good.toml']; allowed-signers = 'none' | 2 | none",
        "waivers = ['unsigned.toml']; allowed-signers = 'signers' | 1 | unsigned.toml: is not"
            + " signed",
        "sources = ['nowhere'] | 1 | nowhere",
        "mutations = ['nowhere.xml'] | 1 | nowhere.xml",
        "polici = 'gate.toml' | 2 | did you mean 'policy'?",
      })
  void whatIsWrongIsSaidInOneLine(String gate, int status, String said) throws Exception {
    session.write("gate.toml", "version = 1\n[ratched]\n");
    session.write("good.toml", "version = 1\n");
    session.write("unsigned.toml", "version = 1\nwaivers = []\n");
    session.write("signers", "");
    project.gatedBy("");
    built();
    project.gatedBy(gate.replace("; ", "\n").replace('\'', '"') + "\n");

    var result = session.run("build");

    assertThat(result.status()).as(result.err()).isEqualTo(status);
    assertThat(result.err().lines().filter(line -> line.startsWith("error: ")))
        .singleElement()
        .asString()
        .contains(said);
  }

  @Test
  void aWaiverOfTheProjectReleasesWithDeviations() throws Exception {
    SignKey bea = SignKey.generate(KeyKind.ED25519);
    String waivers =
        """
        version = 1
        [[waivers]]
        id = "W-1"
        limit = "magic_numbers"
        reason = "r"
        risk = "s"
        requested-by = "ann@x"
        approved-by = "bea@x"
        expires = 2999-12-31
        """;
    session.write("w.toml", waivers);
    session.write(
        "w.toml.sig",
        SshSignature.sign(waivers.getBytes(StandardCharsets.UTF_8), bea, SshSignature.NAMESPACE)
            .armoured());
    session.write(
        "signers", "bea@x namespaces=\"synapse-gmp\" %s%n".formatted(bea.verifyKey().line()));
    String gate = "stage = \"strict\"\nmode = \"strict\"\nsources = [\"src\"]\n";
    project.gatedBy(gate + "waivers = [\"w.toml\"]\nallowed-signers = \"signers\"\n");
    built();

    JsonNode waived = build();
    assertThat(waived.required("disposition").asString()).isEqualTo("released with deviations");
    assertThat(session.run("gmp", "verify").status()).isZero();
    session.write("w.toml", waivers.replace("2999", "2998"));
    var refused = session.run("build");
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("w.toml");
    project.gatedBy(gate);
    assertThat(build().required("disposition").asString()).isEqualTo("rejected");
  }

  @Test
  void coverageOfChangedLinesIsJudgedByWhatTheRoomSaysOfEachLine() throws Exception {
    session.write(
        "gate.toml",
        "version = 1\n[stages.growth]\ntest_coverage = { limit = 80, scope = \"changed\" }\n");
    session.write("p.diff", "--- a/src/A.java\n+++ b/src/A.java\n@@ -2,0 +3,2 @@\n+x\n+y\n");
    project.gatedBy(
        "policy = \"gate.toml\"\nstage = \"growth\"\nmode = \"strict\"\nsources = [\"src\"]\n");
    built();

    JsonNode gate = build("--patch", "p.diff").required("gate");
    assertThat(limit(gate, "test_coverage").required("value").asDouble()).isEqualTo(50);
    var verify = session.run("gmp", "verify", "--patch", "p.diff");
    assertThat(verify.status()).isEqualTo(1);
    assertThat(verify.out()).contains("of 2 changed lines of code 2 have data");
    assertThat(limit(build().required("gate"), "test_coverage").required("value").isNull())
        .isTrue();

    project.gatedBy("policy = \"gate.toml\"\nstage = \"growth\"\n");
    assertThat(session.run("build", "--patch", "p.diff").err())
        .contains("what changed is judged in sources: package 'demo' measures none");
  }

  @Test
  void thePageShowsTheLinesOfTheSourceThatWasBuilt() throws Exception {
    project.gatedBy("sources = [\"src\"]\n");
    built();

    assertThat(session.run("gmp", "report", "--html", "page.html").status()).isZero();

    assertThat(Files.readString(session.folder().resolve("page.html")))
        .contains("src/A.java", "int a(boolean b)");
  }

  @Test
  void aReportWithoutLinesIsJudgedByItsTotals() throws Exception {
    project.gatedBy("sources = [\"src\"]\n");
    project.built(project.report(10, 0, 98, 2));

    assertThat(build().required("disposition").asString()).isEqualTo("released");
  }

  @Test
  void whatWasFoundInASourceIsKeptAsLongAsTheSource() throws Exception {
    project.gatedBy("sources = [\"src\"]\n");
    built();
    JsonNode gate = build().required("gate");
    Path kept = analyses().getFirst();
    byte[] bytes = Files.readAllBytes(kept);
    // What is kept is what is read: another analysis, kept as this one, is judged.
    assertThat(build().required("gate")).isEqualTo(gate);
    assertThat(analyses()).containsExactly(kept);

    Files.writeString(kept, Files.readString(kept).replace("\"42\"", "\"43\""));
    assertThat(build().required("gate")).isEqualTo(gate);
    assertThat(Files.readAllBytes(kept)).isEqualTo(bytes);
    Files.write(kept, new byte[0]);
    assertThat(build().required("gate")).isEqualTo(gate);
    assertThat(Files.readAllBytes(kept)).isEqualTo(bytes);

    assertThat(session.run("store", "gc").status()).isZero();
    assertThat(analyses()).containsExactly(kept);
    Files.delete(session.folder().resolve("result"));
    Files.delete(session.folder().resolve("result-report"));
    assertThat(session.run("store", "gc").status()).isZero();
    assertThat(analyses()).isEmpty();
  }

  @Test
  void recordsOfTheStoreAreTheHistory() throws Exception {
    project.gatedBy("sources = [\"src\"]\n");
    for (int i = 0; i < 3; i++) {
      session.write("src/A.java", SOURCE.replace("42", "" + i));
      built();
      assertThat(build().required("disposition").asString()).isEqualTo("released");
    }

    assertThat(session.run("gmp", "recommend").out())
        .contains("from bootstrap to growth: its limits held for 2 of 5 records");
    project.gatedBy("mode = \"strict\"\nsources = [\"src\"]\n");
    build();
    assertThat(session.run("gmp", "recommend").out()).contains("held for 2 of 5 records");
    session.write("src/A.java", SOURCE);
    built();
    assertThat(session.run("gmp", "recommend").out()).contains("held for 3 of 5 records");
  }

  @Test
  void theRatchetHoldsWhatTheRecordOfTheMergeBaseHas() throws Exception {
    git("init", "-q", "-b", "main");
    session.write("gate.toml", "version = 1\n[ratchet]\n");
    project.gatedBy("mode = \"strict\"\nsources = [\"src\"]\n");
    String start = commit();
    built();
    String batch = build().required("batch").asString();
    JsonNode event = session.run("batch", "show", batch, "--json").json().required("event");
    assertThat(event.required("revision").asString()).isEqualTo(start);

    project.gatedBy("policy = \"gate.toml\"\nmode = \"strict\"\nsources = [\"src\"]\n");
    session.write("src/A.java", SOURCE.replace("42", "2"));
    project.built(project.report(10, 0, 97, 3), LINES);
    var worse = session.run("build", "--base", "main");
    assertThat(worse.status()).as(worse.err()).isEqualTo(1);
    assertThat(worse.err()).contains("test_coverage", "baseline");

    commit();
    var unknown = session.run("build", "--base", "main");
    assertThat(unknown.status()).isEqualTo(1);
    JsonNode gate = build("--base", "main~1").required("gate");
    assertThat(limit(gate, "test_coverage").required("met").asBoolean()).isTrue();
    // Without a commit to start from, it is held against the build before.
    var before = session.run("build");
    assertThat(before.status()).isEqualTo(1);
    assertThat(before.err()).contains("baseline");
  }

  @Test
  void theSameResultAtAnotherCommitIsRecordedOnceMore() throws Exception {
    git("init", "-q", "-b", "main");
    project.gatedBy("sources = [\"src\"]\n");
    built();
    assertThat(build().required("batch").asString()).startsWith("batch_000001_");
    commit();
    assertThat(build().required("batch").asString()).startsWith("batch_000002_");
    assertThat(build().required("batch").asString()).startsWith("batch_000002_");
    session.write(
        "synapse.toml", Files.readString(session.folder().resolve("synapse.toml")) + "\n");
    assertThat(build().required("batch").asString()).startsWith("batch_000002_");
  }

  @Test
  void whetherABuildWasRepeatedIsJudgedWhereThatIsAskedFor() throws Exception {
    session.write("gate.toml", "version = 1\n[stages.bootstrap]\nreproducible = true\n");
    project.gatedBy("policy = \"gate.toml\"\nmode = \"strict\"\n");
    Derivation plan = built();
    assertThat(build().required("disposition").asString()).isEqualTo("rejected");

    try (LocalStore store = session.store()) {
      RebuildRecord.of(store, plan.storePath(), RebuildRecord.Kind.AGAIN).note(java.util.Set.of());
    }
    assertThat(build().required("disposition").asString()).isEqualTo("released");
  }

  @Test
  void mutantsOfTheProjectAreJudged() throws Exception {
    session.write("gate.toml", "version = 1\n[stages.bootstrap]\nmutation_score = 60\n");
    session.write(
        "pit/mutations.xml",
        """
        <mutations>
        <mutation detected="true" status="KILLED"><sourceFile>A.java</sourceFile>\
        <mutatedClass>A</mutatedClass><mutatedMethod>a</mutatedMethod><lineNumber>3</lineNumber>\
        <mutator>m</mutator></mutation>
        <mutation detected="false" status="SURVIVED"><sourceFile>A.java</sourceFile>\
        <mutatedClass>A</mutatedClass><mutatedMethod>a</mutatedMethod><lineNumber>4</lineNumber>\
        <mutator>n</mutator></mutation>
        </mutations>
        """);
    project.gatedBy("policy = \"gate.toml\"\nmode = \"strict\"\nmutations = [\"pit/*.xml\"]\n");
    built();

    JsonNode gate = build().required("gate");

    assertThat(limit(gate, "mutation_score").required("value").asDouble()).isEqualTo(50);
  }
}
