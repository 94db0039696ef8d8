package dev.synapse.gmp.report;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What the tests of a build did and what they covered: a pure function of the report files,
/// without times, hosts or absolute paths, so that a rebuild gives the same bytes.
///
/// @param tests empty when no test reports were declared
/// @param coverage empty when no coverage reports were declared
/// @param notes what is odd about the files but does not change a figure, sorted by bytes
public record QualityReport(
    Optional<TestReport> tests, Optional<CoverageReport> coverage, List<String> notes) {
  static final int VERSION = 1;

  public QualityReport {
    requireNonNull(tests, "tests");
    requireNonNull(coverage, "coverage");
    notes = ByteOrder.sorted(notes, Function.identity());
  }

  /// Reads a canonical report, and refuses all that this version would not have written.
  ///
  /// @throws ReportException if the version is another, a figure is impossible, or totals disagree
  /// @throws IOException if the file cannot be read
  public static QualityReport read(Path reportJson) throws ReportException, IOException {
    return ReportJson.parse(reportJson.toString(), Files.readAllBytes(reportJson));
  }

  /// The canonical form: one line of JSON with sorted keys and lists.
  public String toJson() {
    return QualityReportJson.of(this);
  }
}
