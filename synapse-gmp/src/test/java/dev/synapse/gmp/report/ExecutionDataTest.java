package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What JaCoCo's agent wrote is read with the classes that ran.
final class ExecutionDataTest {
  private static final Path EXEC = Path.of("real/exec/jacoco.exec");
  private static final Path CLASSES = Path.of("real/exec");

  @TempDir Path folder;

  private static MeasuredReports read(Path exec, List<Path> classes) throws Exception {
    return Reports.read(
        Fixtures.folder(), new ReportPaths(List.of(), List.of(exec), List.of(), classes));
  }

  private static ReportException refused(Path exec, List<Path> classes) {
    return catchThrowableOfType(ReportException.class, () -> read(exec, classes));
  }

  @Test
  void itsLinesAreThoseOfTheReportThatJacocoMadeOfIt() throws Exception {
    LineReport read = read(EXEC, List.of(CLASSES)).coverage().orElseThrow();
    LineReport report = Fixtures.coverage("real/jacoco.xml").coverage().orElseThrow();

    assertThat(read.lines()).contains(new Covered(5, 4)).isEqualTo(report.lines());
    assertThat(read.branches()).contains(new Covered(4, 2)).isEqualTo(report.branches());
    for (int i = 0; i < report.files().size(); i++) {
      FileCoverage file = report.files().get(i);
      FileCoverage same = read.files().get(i);
      assertThat(same.path()).isEqualTo(file.path());
      file.forEachLine(line -> assertThat(same.line(line.number())).contains(line));
    }
  }

  @Test
  void withoutItsClassesItIsRefused() {
    assertThat(refused(EXEC, List.of()))
        .hasMessage(
            "real/exec/jacoco.exec: is JaCoCo exec, which says nothing without the folders of its"
                + " classes");
  }

  @Test
  void classesThatAreNotThereAreRefused() {
    assertThat(refused(EXEC, List.of(Path.of("none"))))
        .hasMessage("none: is no folder or jar of classes: name those that were tested");
    assertThat(refused(EXEC, List.of(folder))).hasMessageEndingWith("holds no class");
  }

  @Test
  void cutOffItIsRefused() throws Exception {
    byte[] whole = Files.readAllBytes(Fixtures.folder().resolve(EXEC));
    Path cut = Files.write(folder.resolve("cut.exec"), Arrays.copyOf(whole, whole.length - 3));

    assertThat(refused(cut, List.of(CLASSES))).hasMessageContaining("is cut off");
  }
}
