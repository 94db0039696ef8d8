package dev.synapse.gmp;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.report.BareReports;
import dev.synapse.gmp.report.MeasuredReports;
import dev.synapse.gmp.report.MutationReport;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.report.ReportException;
import dev.synapse.gmp.report.ReportFile;
import dev.synapse.gmp.report.ReportGlobs;
import dev.synapse.gmp.report.ReportPaths;
import dev.synapse.gmp.report.Reports;
import dev.synapse.gmp.verdict.Evidence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The files that a judgement is made of, as patterns below a folder. No pattern for one kind means
/// that it is not measured.
///
/// @param tests reports of tests
/// @param coverage reports of coverage
/// @param mutations reports of mutants
/// @param sources folders of sources
public record EvidenceFiles(
    List<String> tests, List<String> coverage, List<String> mutations, List<String> sources) {
  private static final Set<String> READ_IN_BUILDS = Set.of("JUnit XML", "JaCoCo XML", "PIT XML");

  public EvidenceFiles {
    tests = List.copyOf(tests);
    coverage = List.copyOf(coverage);
    mutations = List.copyOf(mutations);
    sources = List.copyOf(sources);
  }

  /// Reads all of them.
  ///
  /// @param folder of the project
  /// @param change what changed in it, where that matters
  /// @throws ReportException with everything that is missing or damaged
  /// @throws IOException if a file or folder cannot be read
  public Evidence read(Path folder, Optional<ChangedLines> change)
      throws ReportException, IOException {
    var globs = new ReportGlobs(folder);
    var paths =
        new ReportPaths(
            globs.files(tests), globs.files(coverage), globs.files(mutations), List.of());
    List<Path> sourceFolders = globs.folders(sources);
    globs.requireAll();
    MeasuredReports measured = Reports.read(folder, paths);
    QualityReport totals = totals(folder, measured);
    Optional<AnalysisReport> analysis =
        sources.isEmpty() ? Optional.empty() : Optional.of(SourceReading.of(folder, sourceFolders));
    return new EvidenceJoin(
            totals,
            measured.coverage(),
            analysis,
            measured.mutations().flatMap(MutationReport::score))
        .in(folder, change);
  }

  /// The totals that a build of Synapse would have written, where it can read all reports; a report
  /// that declares totals and no lines has no others.
  private QualityReport totals(Path folder, MeasuredReports measured)
      throws ReportException, IOException {
    boolean asInBuilds =
        measured.files().stream().map(ReportFile::format).allMatch(READ_IN_BUILDS::contains);
    return asInBuilds ? BareReports.read(folder, tests, coverage) : measured.totals();
  }
}
