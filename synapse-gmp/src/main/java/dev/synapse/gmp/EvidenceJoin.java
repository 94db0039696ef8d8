package dev.synapse.gmp;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.LineReport;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.verdict.BuildFacts;
import dev.synapse.gmp.verdict.Change;
import dev.synapse.gmp.verdict.Evidence;
import dev.synapse.gmp.verdict.FileLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Makes evidence of what was measured apart: what ran by line, the sources, what changed in them.
///
/// @param totals tests and totals of coverage
/// @param coverage by line; empty where only totals are known
/// @param mutants how many faults put into the code tests found, and how many not
record EvidenceJoin(
    QualityReport totals,
    Optional<LineReport> coverage,
    Optional<AnalysisReport> analysis,
    Optional<Covered> mutants) {
  /// @param folder of the sources
  /// @param change what changed in it, where that matters
  Evidence in(Path folder, Optional<ChangedLines> change) throws IOException {
    List<String> known =
        analysis.map(AnalysisReport::files).orElse(List.of()).stream()
            .map(SourceFile::path)
            .toList();
    List<FileLines> lines = coverage.map(report -> LineJoin.files(report, known)).orElse(List.of());
    Optional<Change> joined = Optional.empty();
    if (change.isPresent() && analysis.isPresent()) {
      joined = Optional.of(ChangeJoin.join(folder, change.get(), analysis.get(), lines));
    }
    return new Evidence(totals, lines, analysis, mutants, joined, BuildFacts.NONE);
  }
}
