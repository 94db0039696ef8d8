package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.change.ChangedLines;
import java.util.List;

/// What changed, and what tests ran of it.
///
/// @param lines what a patch or git says
/// @param files changed source files, sorted by path
public record Change(ChangedLines lines, List<ChangedFile> files) {
  public Change {
    requireNonNull(lines, "lines");
    files = List.copyOf(files);
  }

  /// How many changed lines bear code.
  public long codeLines() {
    return files.stream().mapToLong(file -> file.code().size()).sum();
  }

  /// Of how many of them it is known whether tests ran them.
  public long linesWithData() {
    return files.stream().mapToLong(file -> file.withData().size()).sum();
  }
}
