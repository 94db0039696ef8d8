package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A canonical report is read strictly.
final class QualityReportTest {
  private static final QualityReport REPORT =
      new QualityReport(
          Optional.of(
              new TestReport(
                  2,
                  List.of(
                      new TestModule(
                          "m", new TestCounts(7, 1, 1, 1, 2), List.of("b", "a\n"), List.of("s"))))),
          Optional.of(
              new CoverageReport(
                  1,
                  List.of(
                      new CoverageModule("m", Optional.of(new Covered(8, 2)), Optional.empty())))),
          List.of());

  @TempDir Path folder;

  private QualityReport read(String json) throws Exception {
    return QualityReport.read(Files.writeString(folder.resolve("report.json"), json));
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    assertThat(read(REPORT.toJson())).isEqualTo(REPORT);
  }

  @Test
  void theCanonicalFormStaysAsItIs() {
    assertThat(REPORT.toJson())
        .isEqualTo(
            """
            {"coverage":{"branches":null,"files":1,"lines":{"covered":8,"missed":2},\
            "modules":[{"branches":null,"lines":{"covered":8,"missed":2},"name":"m"}]},\
            "notes":[],\
            "tests":{"errors":1,"executed":9,"failed":1,"files":2,"flaky":2,\
            "modules":[{"errors":1,"executed":9,"failed":1,"failures":["a\\n","b"],"flaky":2,\
            "name":"m","passed":7,"skipped":1,"skippedTests":["s"]}],"passed":7,"skipped":1},\
            "version":1}
            """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "\"version\":1|\"version\":2|version 2",
        "\"version\":1|\"version\":\"1\"|not a whole number",
        ",\"version\":1||not a whole number",
        "\"missed\":2|\"missed\":-2|out of range",
        "\"missed\":2|\"missed\":2.0|not a whole number",
        "\"missed\":2|\"missed\":NaN|not JSON",
        "\"missed\":2|\"missed\":99999999999999999999|not a whole number",
        "\"files\":1,\"lines\":{\"covered\":8|\"files\":1,\"lines\":{\"covered\":9|not the sums",
        "\"flaky\":2,\"modules\"|\"flaky\":1,\"modules\"|not the sums",
        "\"executed\":9,\"failed\":1,\"files\"|\"executed\":8,\"failed\":1,\"files\"|is not the"
            + " sum",
        "\"flaky\":2,\"name\"|\"flaky\":8,\"name\"|more flaky",
        "\"failures\":[\"a\\n\",\"b\"]|\"failures\":[\"b\"]|names 1",
        "\"failures\":[\"a\\n\",\"b\"]|\"failures\":[\"b\",\"a\\n\"]|canonical",
        "\"notes\":[]|\"notes\":[1]|not text",
        "\"notes\":[]|\"notes\":[],\"more\":1|where",
        "\"notes\":[]|\"notes\":[],\"notes\":[]|not JSON",
        "\"notes\":[]|\"notes\": []|canonical",
      })
  void whatThisVersionWouldNotHaveWrittenIsRefused(String from, String to, String reason) {
    String json = REPORT.toJson();
    assertThat(json).contains(from);
    String changed = json.replace(from, to == null ? "" : to);

    assertThatThrownBy(() -> read(changed))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("report.json is not a quality report")
        .hasMessageContaining(reason);
  }

  @Test
  void anEmptyFileIsRefused() {
    assertThatThrownBy(() -> read("")).hasMessageContaining("is empty");
  }

  @Test
  void aFileCutOffAnywhereIsRefused() {
    String json = REPORT.toJson();
    for (int length = 0; length < json.length(); length++) {
      String cut = json.substring(0, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(ReportException.class);
    }
  }
}
