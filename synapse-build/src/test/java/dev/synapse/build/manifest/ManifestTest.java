package dev.synapse.build.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.build.document.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestTest {
  private static final String TOOLCHAIN =
      """
      project = { name = "p" }
      toolchains.t.debian = { suite = "trixie", packages = ["bash"] }
      """;

  private static PackageSpec parsed(String text) throws ManifestException {
    return Manifest.parse(TOOLCHAIN + "[packages.x]\ntoolchain = \"t\"\n" + text)
        .findPackage("x")
        .orElseThrow();
  }

  @Test
  void aPackageWithoutMoreIsPlainFromGitWithOneOutput() throws Exception {
    PackageSpec plain = parsed("");

    assertThat(plain.recipe().kind()).isEqualTo(Kind.PLAIN);
    assertThat(plain.source()).isEqualTo(new Source.Git());
    assertThat(plain.outputs()).containsExactly("out");
    assertThat(plain.limits()).isEqualTo(Limits.DEFAULT);
    assertThat(plain.gate()).isEmpty();
  }

  @Test
  void aGateBringsAReportAndLooksWhereMavenLeavesReports() throws Exception {
    PackageSpec gated = parsed("maven.record = [\"verify\"]\ngmp = {}\n");

    assertThat(gated.recipe().kind()).isEqualTo(Kind.MAVEN);
    assertThat(gated.outputs()).containsExactly("out", "report");
    assertThat(gated.gate())
        .contains(
            new Gate(
                "bootstrap",
                Gate.Mode.WARN,
                Gate.MAVEN_TESTS,
                Gate.MAVEN_COVERAGE,
                Gate.MAVEN_SOURCES,
                Gate.Release.GATE,
                Gate.Files.NONE));
    assertThat(parsed("gmp.release = \"person\"\n").gate().orElseThrow().release())
        .isEqualTo(Gate.Release.PERSON);
    assertThat(parsed("gmp = {}\n").gate().orElseThrow().tests().patterns()).isEmpty();
    assertThat(
            parsed("maven.record = [\"verify\"]\ngmp.tests = [\"a.xml\"]\n")
                .gate()
                .orElseThrow()
                .tests())
        .isEqualTo(Gate.Reports.each(List.of("a.xml")));
  }

  @Test
  void whatABuildIsJudgedByAreFilesOfTheProject() throws Exception {
    Gate gate =
        parsed(
                """
                [packages.x.gmp]
                stage = "release"
                policy = "gate/policy.toml"
                waivers = ["gate/ann.toml", "gate/bea.toml"]
                allowed-signers = "gate/allowed_signers"
                mutations = ["pit/*.xml"]
                sources = ["src"]
                """)
            .gate()
            .orElseThrow();

    assertThat(gate.stage()).isEqualTo("release");
    assertThat(gate.sources()).isEqualTo(Gate.Reports.each(List.of("src")));
    assertThat(gate.files())
        .isEqualTo(
            new Gate.Files(
                Optional.of("gate/policy.toml"),
                List.of("gate/ann.toml", "gate/bea.toml"),
                Optional.of("gate/allowed_signers"),
                List.of("pit/*.xml")));
  }

  @Test
  void anEmptyPhaseIsNotTheDefaultPhase() throws Exception {
    assertThat(parsed("phases.check = \"\"\n").recipe().phases())
        .containsExactly(java.util.Map.entry(Phase.CHECK, ""));
  }

  @Test
  void aPackageIsFoundByNameAndByAlias() throws Exception {
    Manifest manifest =
        Manifest.parse(TOOLCHAIN + "[packages.x]\ntoolchain = \"t\"\naliases = [\"y\"]\n");

    assertThat(manifest.findPackage("x").map(PackageSpec::name)).contains("x");
    assertThat(manifest.findPackage("y").map(PackageSpec::name)).contains("x");
    assertThat(manifest.findPackage("z")).isEmpty();
    assertThat(manifest.toolchainOf(manifest.findPackage("x").orElseThrow()).name()).isEqualTo("t");
  }

  @Test
  void aMissingManifestNamesTheCommandThatWritesOne(@TempDir Path folder) {
    var thrown =
        catchThrowableOfType(
            ManifestException.class, () -> Manifest.read(folder.resolve(Manifest.FILE_NAME)));

    assertThat(thrown.problems())
        .extracting(Problem::message)
        .containsExactly(
            "synapse.toml: not found in '%s'; `synapse init` writes one".formatted(folder));
  }

  @Test
  void aHugeFileIsNotRead(@TempDir Path folder) throws Exception {
    Path file = folder.resolve(Manifest.FILE_NAME);
    Files.write(file, new byte[(1 << 20) + 1]);

    assertThat(catchThrowableOfType(ManifestException.class, () -> Manifest.read(file)).problems())
        .containsExactly(new Problem("synapse.toml", 0, "", "is larger than 1 MiB"));
  }

  @Test
  void coordinatesHaveTheOrderGroupArtifactVersionExtensionClassifier() {
    Coordinates full = Coordinates.parse("org.a:b:1.0:tar.gz:bin").orElseThrow();

    assertThat(full.path()).isEqualTo("org/a/b/1.0/b-1.0-bin.tar.gz");
    assertThat(full).hasToString("org.a:b:1.0:tar.gz:bin");
    assertThat(Coordinates.parse("org.a:b:1.0").orElseThrow().path())
        .isEqualTo("org/a/b/1.0/b-1.0.jar");
    for (String wrong :
        List.of(
            "a:b",
            "a:b:c:d:e:f",
            "a::c",
            "../x:b:1",
            "a:../b:1",
            "a:b:..",
            "a:b:1:/x",
            "a/b:c:1",
            "a:b:1:x:")) {
      assertThat(Coordinates.parse(wrong)).as(wrong).isEmpty();
    }
  }

  @Test
  void aPatternOfVersionsAdmitsItsReleasesOnly() {
    Coordinates pattern = Coordinates.parse("g:a:3.9.x").orElseThrow();

    assertThat(pattern.isPattern()).isTrue();
    assertThat(pattern.admits("g/a/3.9.16/a-3.9.16.jar")).isTrue();
    assertThat(pattern.admits("g/a/3.10.0/a-3.10.0.jar")).isFalse();
    assertThat(pattern.admits("g/a/3.9.16/b-3.9.16.jar")).isFalse();
    assertThat(pattern.admits("a-3.9.1.jar")).isFalse();
    assertThat(Coordinates.parse("g:a:1").orElseThrow().admits("g/a/1/a-1.jar")).isTrue();
  }

  @Test
  void amountsAreReadWithTheirUnits() {
    assertThat(Units.duration("1d2h3m4s")).contains(Duration.parse("P1DT2H3M4S"));
    assertThat(Units.duration("90s")).contains(Duration.ofSeconds(90));
    assertThat(List.of("", "2", "0s", "1m1h", "-1h", "1 h").stream().map(Units::duration))
        .containsOnly(Optional.empty());
    assertThat(Units.size("8GiB")).contains(8L << 30);
    assertThat(Units.size("500MB")).contains(500_000_000L);
    assertThat(List.of("", "8", "0GiB", "8G", "8gib", "1.5GiB").stream().map(Units::size))
        .containsOnly(Optional.empty());
    assertThat(Units.seconds("1970-01-02")).hasValue(86_400);
    assertThat(Units.seconds("1970-01-01T01:00:00+01:00")).hasValue(0);
    assertThat(List.of("1969-12-31", "1970-13-01", "now", "12:00").stream().map(Units::seconds))
        .containsOnly(OptionalLong.empty());
  }

  @Test
  void whatTurnsOutToBeWrongLaterIsToldWithItsLine(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("synapse.toml"),
            """
            [project]
            name = "demo"
            source-date = 0

            [toolchains.c]
            debian.suite = "trixie"
            debian.packages = [
              "bash",
              "gccc",
            ]
            """);
    Manifest.read(file);

    List<String> tables = List.of("toolchains", "c", "debian");
    assertThat(Manifest.wrong(file, tables, "packages", "gccc", "there is none"))
        .hasMessage("synapse.toml:9: toolchains.c.debian.packages: there is none");
    assertThat(Manifest.wrong(file, tables, "suite", "trixie", "there is none"))
        .hasMessage("synapse.toml:6: toolchains.c.debian.suite: there is none");
    assertThat(Manifest.wrong(file, tables, "components", "main", "there is none"))
        .hasMessageMatching("synapse.toml:[0-9]+: toolchains.c.debian.components: there is none");
    assertThat(Manifest.wrong(file, List.of("elsewhere"), "key", "x", "there is none"))
        .hasMessage("synapse.toml: there is none");
  }
}
