package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a build says of lines is read again.
final class LinesJsonTest {
  @TempDir Path folder;

  private LineReport read(String text) throws Exception {
    return LineReport.read(Files.writeString(folder.resolve("lines.json"), text), 2);
  }

  private static String file(String lines) {
    return "{\"files\":[{\"lines\":\"%s\",\"module\":\"core\",\"path\":\"a/b/C.java\"}],\"version\":1}\n"
        .formatted(lines);
  }

  @Test
  void linesBranchesAndNamesAreThere() throws Exception {
    LineReport report = read(file("3:0:2 4:1:2:1:3 9:7:0"));

    FileCoverage file = report.files().getFirst();
    assertThat(report.reports()).isEqualTo(2);
    assertThat(file.module()).isEqualTo("core");
    assertThat(file.packageName()).isEqualTo("a/b");
    assertThat(file.path()).isEqualTo("a/b/C.java");
    assertThat(file.lines()).contains(new Covered(2, 1));
    assertThat(file.branches()).contains(new Covered(3, 1));
    assertThat(file.line(4)).contains(new LineCoverage(4, 1, 3, 4));
    assertThat(file.line(5)).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "3",
        "3:1",
        "3:1:",
        "3:1:1:1",
        "3:1:1:1:1:1",
        "3:1:1  4:1:1",
        "3:1:1;4:1:1",
        "3:1:-1",
        "x:1:1",
        "3000000000000:1:1",
        "9999999999:1:1",
        "3:1:1\\n"
      })
  void whatNoBuildWritesIsRefused(String lines) {
    assertThatThrownBy(() -> read(file(lines)))
        .isInstanceOf(ReportException.class)
        .hasMessageContaining("lines.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"files\":[],\"version\":2}",
        "{\"files\":{},\"version\":1}",
        "{\"files\":[{\"lines\":1,\"module\":\"m\",\"path\":\"p\"}],\"version\":1}",
        "{\"files\":[{\"lines\":\"1:1:1\",\"path\":\"p\"}],\"version\":1}"
      })
  void whatIsNoLineDataIsRefused(String text) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(ReportException.class);
  }
}
