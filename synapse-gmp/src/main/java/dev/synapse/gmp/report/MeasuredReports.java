package dev.synapse.gmp.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What all report files together say, each line and each mutant counted once. A function of the
/// files alone: no times, no hosts.
///
/// @param files what was read, sorted by name
/// @param tests empty when no test report was named
/// @param coverage empty when no coverage report was named
/// @param mutations empty when no mutation report was named
/// @param notes what is odd about the files, such as totals of their own that disagree, sorted
public record MeasuredReports(
    List<ReportFile> files,
    Optional<TestReport> tests,
    Optional<LineReport> coverage,
    Optional<MutationReport> mutations,
    List<String> notes) {
  public MeasuredReports {
    files = ByteOrder.sorted(files, ReportFile::name);
    requireNonNull(tests, "tests");
    requireNonNull(coverage, "coverage");
    requireNonNull(mutations, "mutations");
    notes = ByteOrder.sorted(notes, Function.identity());
  }

  /// Only the totals, in the form that a build writes as `report.json`.
  public QualityReport totals() {
    return new QualityReport(
        tests, coverage.map(lines -> new CoverageReport(lines.reports(), lines.modules())), notes);
  }
}
