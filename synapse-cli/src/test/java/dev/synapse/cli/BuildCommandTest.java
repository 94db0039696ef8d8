package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BuildCommandTest {
  @TempDir private Path temporary;
  private PreparedProject project;
  private Session session;

  @BeforeEach
  void prepare() throws Exception {
    project = PreparedProject.in(temporary);
    session = project.session();
  }

  private Path physical(StorePath path) {
    return session.storeFolder().resolve(path.toString().substring(1));
  }

  private boolean linked(String name) {
    return Files.exists(session.folder().resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void whatIsBuiltAlreadyIsLinkedAndToldAsOneObject() throws Exception {
    Derivation plan = project.built("contents");
    var result = session.run("build", "--json");
    assertThat(result.status()).as(result.err()).isZero();
    var json = result.json();
    StorePath out = plan.outputPath("out").orElseThrow();
    assertThat(json.required("name").asString()).isEqualTo("demo");
    assertThat(json.required("drvPath").asString()).isEqualTo(plan.storePath().toString());
    assertThat(json.required("outputs").required("out").asString()).isEqualTo(out.toString());
    assertThat(json.required("built").asBoolean()).isFalse();
    assertThat(json.required("reproducible").isNull()).isTrue();
    assertThat(json.required("gate").isNull()).isTrue();
    assertThat(json.required("disposition").asString()).isEqualTo("released");
    assertThat(Path.of(json.required("log").asString())).exists();
    assertThat(Files.readSymbolicLink(session.folder().resolve("result"))).isEqualTo(physical(out));
  }

  @Test
  void thePathsArePrintedAsTheyLieOnDisk() throws Exception {
    Derivation plan = project.built("contents");
    var result = session.run("build", ".#other-name", "--print-out-paths", "--no-link");
    assertThat(result.out().strip())
        .isEqualTo(physical(plan.outputPath("out").orElseThrow()).toString());
    assertThat(linked("result")).isFalse();
    assertThat(session.run("build", ".").out()).isEmpty();
    assertThat(linked("result")).isTrue();
  }

  @Test
  void aBuildThatMeetsItsStageIsReleased() throws Exception {
    project.gated("strict", "strict").built(project.report(10, 0, 95, 5));
    var result = session.run("build", "--json");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.json().required("disposition").asString()).isEqualTo("released");
    assertThat(result.json().required("gate").required("compliant").asBoolean()).isTrue();
    assertThat(result.err()).contains("RELEASED: compliant, stage strict, mode strict");
    assertThat(linked("result")).isTrue();
    assertThat(linked("result-report")).isTrue();
  }

  @Test
  void aBuildThatMissesItsStageIsReleasedWithDeviationsWhereThePolicyWarns() throws Exception {
    project.gated("growth", "warn").built(project.report(10, 0, 70, 30));
    var result = session.run("build", "--json");
    assertThat(result.status()).isZero();
    assertThat(result.json().required("disposition").asString())
        .isEqualTo("released with deviations");
    assertThat(result.err()).contains("RELEASED WITH DEVIATIONS", "NOT MET");
    assertThat(linked("result")).isTrue();
  }

  @Test
  void aBuildThatMissesAStrictStageIsRejectedAndLosesItsLink() throws Exception {
    Derivation plan = project.gated("growth", "strict").built(project.report(5, 5, 70, 30));
    Path link = session.folder().resolve("result");
    Files.createSymbolicLink(link, physical(plan.outputPath("out").orElseThrow()));
    var result = session.run("build", "--json");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.json().required("disposition").asString()).isEqualTo("rejected");
    assertThat(result.err()).contains("REJECTED", "rejected: no result link");
    assertThat(linked("result")).isFalse();
    assertThat(linked("result-report")).isFalse();
  }

  @Test
  void aRejectedBuildLeavesALinkToAnythingElseAlone() throws Exception {
    project.gated("growth", "strict").built(project.report(5, 5, 70, 30));
    Path link = session.folder().resolve("result");
    Files.createSymbolicLink(link, Path.of("elsewhere"));
    assertThat(session.run("build").status()).isEqualTo(1);
    assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("elsewhere"));
  }

  @Test
  void aReportThatIsNoneRefusesTheBuildAndLinksNothing() throws Exception {
    project.gated("bootstrap", "warn").built("{}");
    var result = session.run("build");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).startsWith("error: ").contains("report.json");
    assertThat(linked("result")).isFalse();
  }

  @Test
  void theGateOfAPackageIsJudgedAnewForAnotherStage() throws Exception {
    project.gated("growth", "warn").built(project.report(10, 0, 85, 15));
    assertThat(session.run("gmp", "verify").out()).contains("stage growth", "mode warn");
    var stricter = session.run("gmp", "verify", ".#demo", "--stage", "strict", "--mode", "strict");
    assertThat(stricter.status()).isEqualTo(1);
    assertThat(stricter.out()).startsWith("REJECTED");
    assertThat(session.run("gmp", "recommend", "demo").out()).contains("recommended stage: growth");
  }

  @Test
  void onlyWhatIsBuiltAndHasAGateIsJudged() throws Exception {
    var without = session.run("gmp", "verify");
    assertThat(without.status()).isEqualTo(2);
    assertThat(without.err()).contains("package 'demo' has no gate", "[packages.demo.gmp]");
    project.gated("growth", "warn");
    var unbuilt = session.run("gmp", "verify");
    assertThat(unbuilt.status()).isEqualTo(1);
    assertThat(unbuilt.err()).contains("is not built as it is now", "run synapse build .#demo");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".#demo", "demo", "result", "result-report", "DERIVATION", "OUTPUT"})
  void theLogOfABuildIsFoundByAllThatNamesIt(String what) throws Exception {
    Derivation plan = project.gated("bootstrap", "warn").built(project.report(10, 0, 95, 5));
    assertThat(session.run("build").status()).isZero();
    String named =
        switch (what) {
          case "DERIVATION" -> plan.storePath().toString();
          case "OUTPUT" -> plan.outputPath("out").orElseThrow().toString();
          default -> what;
        };
    var result = named.isEmpty() ? session.run("log") : session.run("log", named);
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out()).isEqualTo("compiling\n");
    var json = session.run("log", plan.storePath().toString(), "--json").json();
    assertThat(json.required("drvPath").asString()).isEqualTo(plan.storePath().toString());
    assertThat(json.required("text").asString()).isEqualTo("compiling\n");
    assertThat(Path.of(json.required("log").asString())).exists();
  }

  @Test
  void whatWasNeverBuiltHasNoLog() throws Exception {
    Derivation plan = project.plan();
    var result = session.run("log");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains("there is no log of '%s' in this store".formatted(plan.storePath()));
    String source = session.run("store", "add", "src").out().strip();
    var added = session.run("log", source);
    assertThat(added.status()).isEqualTo(1);
    assertThat(added.err()).contains("'%s' was not built: it has no derivation".formatted(source));
  }

  @Test
  void anUnknownPackageIsAnsweredWithTheKnownOnes() {
    var result = session.run("build", ".#absent");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("the manifest has no package 'absent'", "hint: it has demo");
  }

  @Test
  void amongSeveralPackagesOneIsToBeNamed() throws Exception {
    String manifest = Files.readString(session.folder().resolve("synapse.toml"));
    session.write(
        "synapse.toml",
        manifest
            + "\n[packages.second]\nsource = { include = [\"src/**\"] }\ntoolchain = \"tools\"\n");
    var result = session.run("build");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("has 2 packages; say which", ".#demo, .#second");
  }

  @Test
  void withoutLockNothingIsBuilt() throws Exception {
    Files.delete(session.folder().resolve("synapse.lock"));
    var result = session.run("build");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("there is no synapse.lock", "synapse lock writes one");
  }

  @Test
  void aLockThatAnswersAnotherManifestIsStale() throws Exception {
    String manifest = Files.readString(session.folder().resolve("synapse.toml"));
    session.write(
        "synapse.toml",
        manifest.replace("\"make\"", "\"make\", \"gcc\"").replace("data-1.0", "data-1.1"));
    var result = session.run("build");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .contains("toolchains.tools", "gcc", "inputs.data", "hint: run synapse lock");
  }

  @ParameterizedTest
  @ValueSource(strings = {"build", "lock", "log"})
  void everythingThatIsWrongInAManifestIsToldAtOnce(String command) throws Exception {
    session.write(
        "synapse.toml",
        """
        [project]
        nmae = "demo"

        [packages.demo]
        toolchain = "absent"
        """);
    var result = session.run(command);
    assertThat(result.status()).isEqualTo(2);
    assertThat(Session.lines(result.err()))
        .hasSizeGreaterThan(2)
        .allMatch(line -> line.startsWith("error: synapse.toml"));
    assertThat(result.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "not JSON", "{}", "{\"version\": 9}"})
  void aDamagedLockIsAWrongCall(String content) throws Exception {
    session.write("synapse.lock", content);
    for (String command : new String[] {"build", "lock"}) {
      var result = session.run(command);
      assertThat(result.status()).isEqualTo(2);
      assertThat(Session.lines(result.err()))
          .isNotEmpty()
          .allMatch(line -> line.startsWith("error: synapse.lock"));
    }
    assertThat(session.folder().resolve("synapse.lock")).hasContent(content);
  }

  @Test
  void aLockThatIsAsItShouldBeIsLeftAlone() throws Exception {
    byte[] before = Files.readAllBytes(session.folder().resolve("synapse.lock"));
    var result = session.run("lock");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("synapse.lock is as it was");
    assertThat(Files.readAllBytes(session.folder().resolve("synapse.lock"))).isEqualTo(before);
  }
}
