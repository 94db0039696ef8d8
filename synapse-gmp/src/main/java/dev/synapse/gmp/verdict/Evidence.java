package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.QualityReport;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// All that a judgement is made of. What was not declared is empty.
///
/// @param report tests and totals of coverage
/// @param lines line by line, sorted by path; empty where only totals are known
/// @param mutants how many faults put into the code tests found, and how many not
/// @param change what changed
public record Evidence(
    QualityReport report,
    List<FileLines> lines,
    Optional<AnalysisReport> analysis,
    Optional<Covered> mutants,
    Optional<Change> change,
    BuildFacts build) {
  public Evidence {
    requireNonNull(report, "report");
    lines = lines.stream().sorted(Comparator.comparing(FileLines::path)).toList();
    requireNonNull(analysis, "analysis");
    requireNonNull(mutants, "mutants");
    requireNonNull(change, "change");
    requireNonNull(build, "build");
  }

  /// A report and nothing else.
  public static Evidence of(QualityReport report) {
    return new Evidence(
        report, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), BuildFacts.NONE);
  }
}
