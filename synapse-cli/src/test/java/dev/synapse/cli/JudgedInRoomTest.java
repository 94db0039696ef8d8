package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a room measures and what is found in the sources beside it come to one judgement.
final class JudgedInRoomTest {
  private static final String CHECK =
      """
      phases.check = '''
      echo ran
      echo '<testsuite name="A" tests="1"><testcase classname="A" name="a"/></testsuite>' >tests.xml
      echo '<report name="demo"><package name="a"><sourcefile name="A.java">\
      <line nr="4" mi="0" ci="2" mb="1" cb="1"/><line nr="5" mi="3" ci="0"/>\
      <counter type="LINE" missed="1" covered="1"/></sourcefile>\
      <counter type="LINE" missed="1" covered="1"/></package>\
      <counter type="LINE" missed="1" covered="1"/></report>' >coverage.xml
      '''
      """;

  private static final String SOURCE =
      """
      package a;
      class A {
        int a(boolean b) {
          if (b) {
            return 42;
          }
          return 0;
        }
      }
      """;

  @TempDir private Path home;

  private SmallProject project(String gate) throws Exception {
    SmallProject project =
        SmallProject.in(home)
            .add(
                "demo",
                "echo made >$out",
                CHECK,
                "gmp = { tests = [\"tests.xml\"], coverage = [\"coverage.xml\"], sources ="
                    + " [\"code\"], "
                    + gate
                    + " }");
    project.replace("include = [\"file\"]", "include = [\"code/**\"]");
    // The sources stay where they are; phases start in a folder without them.
    Files.createDirectories(project.folder().resolve("code/a"));
    Files.writeString(project.folder().resolve("code/a/A.java"), SOURCE);
    return project;
  }

  private static JsonNode json(Program.Result result) {
    return JsonMapper.shared().readTree(result.out());
  }

  private static Program.Result gmp(SmallProject project, String... args) throws Exception {
    var all = new java.util.ArrayList<>(java.util.List.of("-C", project.folder().toString()));
    all.add("gmp");
    all.addAll(java.util.List.of(args));
    return project.program().run(all.toArray(String[]::new));
  }

  @Test
  void aNumberWithoutANameIsRejectedAtTheStageThatAllowsNone() throws Exception {
    SmallProject project = project("stage = \"strict\", mode = \"strict\"");

    var result = project.build();

    assertThat(result.status()).as(result.err()).isEqualTo(1);
    assertThat(result.err()).contains("REJECTED", "magic_numbers", "1 number too many");
    assertThat(project.linked()).isFalse();
  }

  @Test
  void anotherPolicyJudgesAgainAndBuildsNothing() throws Exception {
    SmallProject project = project("policy = \"gate.toml\", mode = \"strict\"");
    Path policy = project.folder().resolve("gate.toml");
    Files.writeString(policy, "version = 1\n[stages.bootstrap]\ntest_coverage = 50\n");
    var first = project.build("--json");
    assertThat(first.status()).as(first.err()).isZero();
    assertThat(json(first).required("built").asBoolean()).isTrue();

    Files.writeString(policy, "version = 1\n[stages.bootstrap]\ntest_coverage = 51\n");
    var second = project.build("--json");

    assertThat(second.status()).as(second.err()).isEqualTo(1);
    assertThat(json(second).required("built").asBoolean()).isFalse();
    assertThat(json(second).required("outputs")).isEqualTo(json(first).required("outputs"));
    assertThat(json(second).required("batch").asString()).startsWith("batch_000002_");
    assertThat(project.linked()).isFalse();
  }

  @Test
  void linesOfTheRoomAreJoinedWithTheSource() throws Exception {
    SmallProject project = project("stage = \"growth\"");
    assertThat(project.build().status()).isZero();

    JsonNode file = json(gmp(project, "verify", "--json")).required("files").get(0);
    assertThat(file.required("path").asString()).isEqualTo("code/a/A.java");
    assertThat(file.required("covered").asInt()).isEqualTo(1);
    assertThat(file.required("missed").asString()).isEqualTo("5");
    assertThat(file.required("partly").asString()).isEqualTo("4");
    assertThat(gmp(project, "report", "--html", "page.html").status()).isZero();
    assertThat(Files.readString(project.folder().resolve("page.html")))
        .contains("code/a/A.java", "return");
  }

  @Test
  void aFolderOfSourcesThatIsNotThereStopsTheBuildBeforeItBegins() throws Exception {
    SmallProject project = project("mode = \"strict\"");
    project.replace("[\"code\"]", "[\"cod\"]");

    var result = project.build();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.error()).contains("cod");
    assertThat(project.outputs()).isEmpty();
  }

  @Test
  void linesThatALaterPhaseChangesFailTheBuild() throws Exception {
    SmallProject project = project("mode = \"strict\"");
    project.replace("phases.check", "phases.install = 'echo {} >$report/lines.json'\nphases.check");

    var result = project.build();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("a phase changed the output 'report'");
  }

  @Test
  void aRebuildThatAgreesIsWhatReproducibleAsksFor() throws Exception {
    SmallProject project = project("policy = \"gate.toml\", mode = \"strict\"");
    Files.writeString(
        project.folder().resolve("gate.toml"),
        """
        version = 1
        [stages.bootstrap]
        test_coverage = 50
        reproducible = true
        closure_size = '1 MB'
        """);
    assertThat(project.build().status()).isEqualTo(1);

    var again = project.build("--rebuild");
    assertThat(again.status()).as(again.err()).isZero();
    assertThat(again.err()).contains("closure_size", "reproducible");
    assertThat(project.build().status()).isZero();
  }
}
