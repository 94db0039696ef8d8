package dev.synapse.gmp.analysis;

import java.util.List;

/// How sources are measured.
///
/// @param minimumTokens how many tokens must be the same to count as a duplicate
/// @param leaveOut patterns of paths that are not measured, as [java.nio.file.FileSystem] reads a
///   `glob`, held against the path below the folder
public record AnalysisOptions(int minimumTokens, List<String> leaveOut) {
  /// What is the same for a hundred tokens was copied.
  public static final int DEFAULT_MINIMUM_TOKENS = 100;

  /// Fewer would be the same in any two files.
  public static final int LEAST_MINIMUM_TOKENS = 10;

  public AnalysisOptions {
    leaveOut = List.copyOf(leaveOut);
    if (minimumTokens < LEAST_MINIMUM_TOKENS) {
      throw new IllegalArgumentException(
          "duplicates of %d tokens: at least %d".formatted(minimumTokens, LEAST_MINIMUM_TOKENS));
    }
  }

  /// A hundred tokens, and nothing left out but by rule.
  public static AnalysisOptions defaults() {
    return new AnalysisOptions(DEFAULT_MINIMUM_TOKENS, List.of());
  }
}
