package dev.synapse.gmp.analysis;

import dev.synapse.gmp.analysis.SourceSet.Candidate;

/// What became of one file.
sealed interface FileResult {
  /// It was measured.
  record Measured(
      Candidate candidate,
      int lines,
      int tokens,
      LineSet code,
      ComparedTokens compared,
      Findings findings)
      implements FileResult {}

  /// Its content says that it is not to be measured.
  record Omitted(LeftOut leftOut) implements FileResult {}

  /// It could not be measured.
  record Failed(Unreadable unreadable) implements FileResult {}
}
