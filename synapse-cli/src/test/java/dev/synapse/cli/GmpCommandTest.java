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
}
