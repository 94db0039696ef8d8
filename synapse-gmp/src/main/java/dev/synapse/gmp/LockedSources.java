package dev.synapse.gmp;

import dev.synapse.gmp.analysis.AnalysisOptions;
import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.Duplicates;
import dev.synapse.gmp.analysis.Sources;
import dev.synapse.gmp.report.ReportException;
import dev.synapse.gmp.report.ReportGlobs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// The folders of a build's source that are measured.
///
/// @param folder the source
/// @param patterns of folders below it, at least one
/// @param each whether every pattern has to match a folder; else none may
public record LockedSources(Path folder, List<String> patterns, boolean each) {
  public LockedSources {
    patterns = List.copyOf(patterns);
    if (patterns.isEmpty()) {
      throw new IllegalArgumentException("no patterns");
    }
  }

  /// Measures them. Without a folder that matches, the analysis is of no file.
  ///
  /// @throws ReportException with every pattern that should have matched and did not
  /// @throws IOException if a folder or file cannot be read
  public AnalysisReport measure() throws ReportException, IOException {
    List<Path> folders = folders();
    if (folders.isEmpty()) {
      return new AnalysisReport(
          new Sources(List.of(), List.of(), List.of()),
          List.of(),
          List.of(),
          new Duplicates(AnalysisOptions.DEFAULT_MINIMUM_TOKENS, List.of()),
          List.of());
    }
    return SourceReading.of(folder, folders);
  }

  /// The folders that match.
  ///
  /// @throws ReportException with every pattern that should have matched and did not
  /// @throws IOException if a folder cannot be read
  public List<Path> folders() throws ReportException, IOException {
    var globs = new ReportGlobs(folder);
    List<Path> folders = globs.folders(patterns);
    if (each) {
      globs.requireAll();
    }
    return folders;
  }
}
