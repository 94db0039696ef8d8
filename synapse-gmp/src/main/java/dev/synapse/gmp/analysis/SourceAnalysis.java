package dev.synapse.gmp.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Measures sources: complexity, magic numbers and duplication. Every file is read once and cut
/// once into tokens, from which all three come.
public final class SourceAnalysis {
  private SourceAnalysis() {}

  /// Measures all sources of a set, on all processors.
  ///
  /// @throws IOException if a file or folder cannot be read
  public static AnalysisReport analyse(SourceSet set, AnalysisOptions options) throws IOException {
    SupportedLanguages.require();
    SourceSet.Selection selection = set.select(options);
    List<FileResult> results = new ArrayList<>();
    try {
      results.addAll(selection.files().parallelStream().map(FileScan::scan).toList());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new Summary(selection, results, options.minimumTokens()).report();
  }
}
