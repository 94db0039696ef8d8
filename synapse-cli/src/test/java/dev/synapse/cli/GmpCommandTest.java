package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.gmp.report.BareReports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GmpCommandTest {
  @TempDir private Path temporary;
  private Session session;

  @BeforeEach
  void open() throws Exception {
    session = Session.in(temporary);
    session.write("TEST-demo.xml", Evidence.tests(19, 1));
    session.write("jacoco.xml", Evidence.coverage(85, 15));
  }

  private Session.Result gmp(String command, String... more) {
    var args = new ArrayList<>(List.of("gmp", command));
    args.addAll(List.of("--tests", "TEST-*.xml", "--coverage", "jacoco.xml"));
    args.addAll(List.of(more));
    return session.run(args.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "bootstrap, warn, 0, RELEASED:",
    "growth, strict, 0, RELEASED:",
    "stabilize, warn, 0, RELEASED WITH DEVIATIONS:",
    "stabilize, strict, 1, REJECTED:",
    "strict, strict, 1, REJECTED:"
  })
  void theVerdictFollowsFromStageAndMode(String stage, String mode, int status, String word) {
    var result = gmp("verify", "--stage", stage, "--mode", mode);
    assertThat(result.status()).as(result.err()).isEqualTo(status);
    assertThat(result.out()).startsWith(word).contains("stage " + stage, "mode " + mode, "85.00 %");
  }

  @Test
  void withoutStageAndModeTheMildestAreMeant() {
    assertThat(gmp("verify").out()).contains("stage bootstrap", "mode warn");
  }

  @Test
  void asJsonTheVerdictIsOneObject() {
    var verdict = gmp("verify", "--stage", "strict", "--json").json();
    assertThat(verdict.required("compliant").asBoolean()).isFalse();
    assertThat(verdict.required("stage").asString()).isEqualTo("strict");
    assertThat(verdict.required("limits").size()).isEqualTo(5);
  }

  @Test
  void theRecommendationNamesWhatBlocksTheNextStage() {
    var result = gmp("recommend");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .isEqualTo(
            "recommended stage: growth; stabilize needs test_coverage (5 lines short)"
                + System.lineSeparator());
    var json = gmp("recommend", "--json").json();
    assertThat(json.required("stage").asString()).isEqualTo("growth");
    assertThat(json.required("next").asString()).isEqualTo("stabilize");
    assertThat(json.required("blocking").get(0).required("metric").asString())
        .isEqualTo("test_coverage");
    assertThat(json.required("blocking").get(0).required("met").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/elsewhere/TEST.xml", "../TEST.xml", ""})
  void aPatternThatLeavesTheFolderIsAWrongCall(String pattern) {
    var result = session.run("gmp", "verify", "--tests", pattern);
    assertThat(result.status()).isEqualTo(2);
    assertThat(Session.lines(result.err()))
        .containsExactly(
            "error: report pattern '%s' is not a path below the folder".formatted(pattern),
            "hint: patterns are relative to this folder, or to that of -C DIR");
  }

  @Test
  void aReportFileGivesTheSameVerdict() throws Exception {
    String report =
        BareReports.read(session.folder(), List.of("TEST-*.xml"), List.of("jacoco.xml")).toJson();
    session.write("report.json", report);
    assertThat(session.run("gmp", "verify", "--report", "report.json").out())
        .isEqualTo(gmp("verify").out());
    assertThat(session.run("gmp", "recommend", "--report", "report.json").out())
        .isEqualTo(gmp("recommend").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"version\": 2}", "not JSON"})
  void aDamagedReportFileIsRefused(String content) throws Exception {
    session.write("report.json", content);
    var result = session.run("gmp", "verify", "--report", "report.json");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).startsWith("error: ").contains("report.json");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void aMisspeltStageOrModeIsSaidBeforeAnythingIsRead() {
    var stage = session.run("gmp", "verify", "--stage", "grwoth", "--report", "absent.json");
    assertThat(stage.status()).isEqualTo(2);
    assertThat(stage.err())
        .contains("'grwoth' is no stage: bootstrap, growth, stabilize or strict");
    var mode = session.run("gmp", "verify", "--mode", "lenient", "--report", "absent.json");
    assertThat(mode.status()).isEqualTo(2);
    assertThat(mode.err()).contains("'lenient' is no mode: warn or strict");
  }

  @Test
  void globsWithoutFilesAndDamagedFilesNeverPass() throws Exception {
    var none = session.run("gmp", "verify", "--tests", "none/*.xml", "--coverage", "none.xml");
    assertThat(none.status()).isEqualTo(1);
    assertThat(Session.lines(none.err())).hasSize(2).allMatch(line -> line.startsWith("error: "));
    session.write("jacoco.xml", "<html/>");
    assertThat(gmp("verify").status()).isEqualTo(1);
  }

  @Test
  void aMissingReportFileIsNamed() {
    var result = session.run("gmp", "recommend", "--report", "absent.json");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("'absent.json' is not there");
    var folder = session.run("gmp", "verify", "--report", ".");
    assertThat(folder.status()).isEqualTo(2);
    assertThat(folder.err())
        .contains("'%s' is a folder, where a file is needed".formatted(session.folder()));
  }

  @Test
  void theKindsOfEvidenceExcludeEachOther() {
    var result = gmp("verify", "--report", "report.json");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("exclude each other");
  }

  @Test
  void withoutEvidenceAProjectIsNeeded() {
    var result = session.run("gmp", "verify");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("there is no synapse.toml", "synapse init writes one");
  }

  private static final String SOURCE =
      """
      class A {
        int f(int a) {
          if (a > 41) {
            return 7;
          }
          return a;
        }
      }
      """;

  @Test
  void sourcesAreMeasuredWhereTheyAreDeclared() throws Exception {
    session.write("src/A.java", SOURCE);
    var limits = gmp("verify", "--sources", "src", "--json").json().required("limits");
    assertThat(limits.get(2).required("metric").asString()).isEqualTo("magic_numbers");
    assertThat(limits.get(2).required("value").asInt()).isEqualTo(2);
    assertThat(limits.get(3).required("value").asInt()).isZero();
    assertThat(limits.get(4).required("value").asInt()).isEqualTo(2);
    assertThat(gmp("verify", "--sources", "nowhere").status()).isEqualTo(1);
    assertThat(gmp("verify", "--sources", "src", "--stage", "growth", "--mode", "strict").status())
        .isZero();
    assertThat(gmp("verify", "--sources", "src", "--stage", "strict", "--mode", "warn").out())
        .contains("strict mode would have rejected this: ", "magic_numbers (2 numbers too many)");
  }

  @Test
  void everyDocumentIsWrittenOfOneJudgement() throws Exception {
    session.write("src/A.java", SOURCE);
    var result =
        gmp(
            "verify",
            "--sources",
            "src",
            "--stage",
            "strict",
            "--mode",
            "strict",
            "--html",
            "out/gate.html",
            "--sarif",
            "gate.sarif",
            "--junit",
            "TEST-gate.xml",
            "--markdown",
            "gate.md",
            "--annotations");
    assertThat(result.status()).as(result.err()).isEqualTo(1);
    assertThat(result.out()).contains("REJECTED:", "::error title=gate%3A test_coverage::");
    assertThat(java.nio.file.Files.readString(session.folder().resolve("out/gate.html")))
        .contains("<h1>Quality gate:", "REJECTED");
    assertThat(java.nio.file.Files.readString(session.folder().resolve("gate.sarif")))
        .contains("\"2.1.0\"", "src/A.java");
    assertThat(java.nio.file.Files.readString(session.folder().resolve("gate.md")))
        .startsWith("## Quality gate: REJECTED");
    assertThat(
            session
                .run("gmp", "verify", "--tests", "TEST-gate.xml", "--json")
                .json()
                .required("limits")
                .get(1)
                .required("met")
                .asBoolean())
        .isFalse();
    assertThat(session.folder()).isDirectoryNotContaining("glob:**.part");
    var report = gmp("report", "--stage", "strict", "--mode", "strict");
    assertThat(report.status()).isZero();
    assertThat(report.out()).startsWith("## Quality gate: REJECTED");
  }

  @Test
  void aPolicySetsLimitsAndAWrongOneIsAWrongCall() throws Exception {
    session.write(
        "gate.toml", "version = 1\n[stages.release]\nfrom = \"growth\"\ntest_coverage = 86\n");
    var result = gmp("verify", "--policy", "gate.toml", "--stage", "release", "--mode", "strict");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).contains("stage release", ">= 86 %", "1 line short");
    session.write("gate.toml", "version = 1\n[stages.release]\ntest_coverage = 0.86\n");
    var wrong = gmp("verify", "--policy", "gate.toml");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("gate.toml:3: stages.release.test_coverage: expected a perc");
  }

  @Test
  void changedLinesAreJudgedFromAPatch() throws Exception {
    session.write("src/A.java", SOURCE);
    session.write(
        "gate.toml",
        "version = 1\n[stages.growth]\nmagic_numbers = { limit = 0, scope = \"changed\" }\n");
    session.write(
        "p.diff", "--- a/src/A.java\n+++ b/src/A.java\n@@ -3,0 +4 @@\n+      return 7;\n");
    var result =
        gmp(
            "verify",
            "--sources",
            "src",
            "--policy",
            "gate.toml",
            "--patch",
            "p.diff",
            "--stage",
            "growth",
            "--mode",
            "strict");
    assertThat(result.out()).contains("1 number too many", "changed");
    assertThat(result.status()).isEqualTo(1);
    assertThat(gmp("verify", "--patch", "p.diff").err()).contains("give --sources");
    assertThat(gmp("verify", "--sources", "src", "--patch", "gate.toml").status()).isEqualTo(2);
    assertThat(gmp("verify", "--patch", "p.diff", "--base", "main").err())
        .contains("--patch and --base exclude each other");
  }

  @Test
  void earlierJudgementsAreBaselineAndTrend() throws Exception {
    session.write("before.json", gmp("verify", "--json", "--revision", "abc").out());
    session.write("gate.toml", "version = 1\n[ratchet]\n");
    session.write("jacoco.xml", Evidence.coverage(84, 16));
    var worse =
        gmp("verify", "--policy", "gate.toml", "--baseline", "before.json", "--mode", "strict");
    assertThat(worse.status()).isEqualTo(1);
    assertThat(worse.out()).contains("baseline");
    assertThat(gmp("recommend", "--history", "before.json").out())
        .contains("not yet from bootstrap to growth: its limits held for 1 of 5 records");
    assertThat(gmp("verify", "--baseline", "gate.toml").status()).isEqualTo(2);
  }

  @Test
  void waiversNeedSignersAndSignatures() throws Exception {
    session.write("waivers.toml", "version = 1\nwaivers = []\n");
    assertThat(gmp("verify", "--waivers", "waivers.toml").err())
        .contains("waivers are signed: say by whom with --allowed-signers FILE");
    session.write("signers", "");
    var unsigned = gmp("verify", "--waivers", "waivers.toml", "--allowed-signers", "signers");
    assertThat(unsigned.status()).isEqualTo(1);
    assertThat(unsigned.err()).contains("waivers.toml: is not signed");
    assertThat(
            gmp(
                    "verify",
                    "--waivers",
                    "waivers.toml",
                    "--allowed-signers",
                    "signers",
                    "--date",
                    "x")
                .err())
        .contains("'x' is no day, such as 2026-12-31");
  }

  @Test
  void openFindingsOfABillOfMaterialsAreCounted() throws Exception {
    session.write("gate.toml", "version = 1\n[stages.growth]\nsbom_findings = 0\n");
    session.write(
        "bom.json",
        """
        {"bomFormat": "CycloneDX", "vulnerabilities": [{"id": "A"},
          {"id": "B", "analysis": {"state": "not_affected", "justification": "code_not_present"}}]}
        """);
    var result =
        gmp(
            "verify",
            "--policy",
            "gate.toml",
            "--stage",
            "growth",
            "--mode",
            "strict",
            "--sbom",
            "bom.json");
    assertThat(result.out()).contains("1 finding too many");
    assertThat(result.out()).contains(": A in an unnamed component", "(waiver VEX bom.json:");
    session.write("bom.json", "{\"bomFormat\": \"CycloneDX\"}");
    var never = gmp("verify", "--sbom", "bom.json");
    assertThat(never.status()).isEqualTo(1);
    assertThat(never.err()).contains("has no list of vulnerabilities");
    var alone = gmp("verify", "--advisories", "osv");
    assertThat(alone.status()).isEqualTo(2);
    assertThat(alone.err()).contains("give --sbom FILE");
  }

  @Test
  void aBillIsHeldAgainstASnapshotAndAStatementAnswersWhatIsFound() throws Exception {
    session.write("gate.toml", "version = 1\n[stages.growth]\nsbom_findings = 0\n");
    session.write(
        "bom.json",
        """
        {"bomFormat": "CycloneDX", "metadata": {"component": {"bom-ref": "root", "name": "demo"}},
         "components": [{"type": "library", "name": "asm", "purl": "pkg:maven/org.ow2.asm/asm@9.8"}]}
        """);
    session.write(
        "osv/GHSA-1.json",
        """
        {"id": "GHSA-1", "affected": [
          {"package": {"ecosystem": "Maven", "name": "org.ow2.asm:asm"}, "versions": ["9.8"]}]}
        """);
    session.write(
        "vex.json",
        """
        {"@context": "https://openvex.dev/ns/v0.2.0", "statements": [
          {"vulnerability": {"name": "GHSA-1"}, "products": [{"@id": "root"}],
           "status": "not_affected", "justification": "vulnerable_code_not_present"}]}
        """);
    var call = new ArrayList<>(List.of("--policy", "gate.toml", "--stage", "growth"));
    call.addAll(List.of("--mode", "strict", "--sbom", "bom.json", "--advisories", "osv"));
    var found = gmp("verify", call.toArray(String[]::new));
    assertThat(found.status()).isEqualTo(1);
    assertThat(found.out())
        .contains("1 finding too many", ": GHSA-1 in pkg:maven/org.ow2.asm/asm@9.8");
    call.addAll(List.of("--vex", "vex.json"));
    var answered = gmp("verify", call.toArray(String[]::new));
    assertThat(answered.status()).as(answered.out() + answered.err()).isZero();
    assertThat(answered.out())
        .contains("(waiver VEX vex.json: not_affected, vulnerable_code_not_present)");
    session.write("bom.json", "no bill");
    var damaged = gmp("verify", call.toArray(String[]::new));
    assertThat(damaged.status()).isEqualTo(1);
    assertThat(damaged.err()).contains("bill of materials 'bom.json': not JSON");
  }
}
