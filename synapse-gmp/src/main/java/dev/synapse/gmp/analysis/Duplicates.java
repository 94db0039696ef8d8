package dev.synapse.gmp.analysis;

import java.util.List;

/// What was found twice or more often.
///
/// @param minimumTokens how many tokens had to be the same
/// @param groups the longest first
public record Duplicates(int minimumTokens, List<Duplication> groups) {
  public Duplicates {
    groups = groups.stream().sorted().toList();
    if (minimumTokens < 1) {
      throw new IllegalArgumentException("duplicates of %d tokens".formatted(minimumTokens));
    }
    for (Duplication group : groups) {
      if (group.tokens() < minimumTokens) {
        throw new IllegalArgumentException(
            "a duplicate of %d tokens where %d are the least"
                .formatted(group.tokens(), minimumTokens));
      }
    }
  }
}
