package dev.synapse.gmp;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.report.CoverageReport;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.LineReport;
import dev.synapse.gmp.report.MutationReport;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.report.ReportException;
import dev.synapse.gmp.report.ReportGlobs;
import dev.synapse.gmp.report.ReportPaths;
import dev.synapse.gmp.report.Reports;
import dev.synapse.gmp.verdict.Evidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a judgement of a build of Synapse is made of: what its room measured, and what was found in
/// the sources that it was made from.
public final class BuiltEvidence {
  /// The canonical report in the output `report`.
  public static final String REPORT = "report.json";

  /// What was covered by line, beside it. Reports of earlier builds have none.
  public static final String LINES = "lines.json";

  private BuiltEvidence() {}

  /// Reads the output `report` and joins it with the sources.
  ///
  /// @param report the output
  /// @param source the source that the build was made from
  /// @param analysis what was found in it; empty when no sources are measured
  /// @param mutants what a mutation tester found
  /// @param change what changed, where that matters
  /// @throws ReportException if the output is not what a build writes
  /// @throws IOException if a file cannot be read
  public static Evidence read(
      Path report,
      Path source,
      Optional<AnalysisReport> analysis,
      Optional<Covered> mutants,
      Optional<ChangedLines> change)
      throws ReportException, IOException {
    QualityReport totals = QualityReport.read(report.resolve(REPORT));
    return new EvidenceJoin(totals, lines(report.resolve(LINES), totals), analysis, mutants)
        .in(source, change);
  }

  private static Optional<LineReport> lines(Path file, QualityReport totals)
      throws ReportException, IOException {
    Optional<Long> reports = totals.coverage().map(CoverageReport::files);
    return reports.isPresent() && Files.exists(file)
        ? Optional.of(LineReport.read(file, reports.get()))
        : Optional.empty();
  }

  /// What a mutation tester left in a folder.
  ///
  /// @param patterns of its reports; none when it is not asked for
  /// @throws ReportException with everything that is missing or damaged
  /// @throws IOException if a file cannot be read
  public static Optional<Covered> mutants(Path folder, List<String> patterns)
      throws ReportException, IOException {
    if (patterns.isEmpty()) {
      return Optional.empty();
    }
    var globs = new ReportGlobs(folder);
    var paths = new ReportPaths(List.of(), List.of(), globs.files(patterns), List.of());
    globs.requireAll();
    return Reports.read(folder, paths).mutations().flatMap(MutationReport::score);
  }
}
