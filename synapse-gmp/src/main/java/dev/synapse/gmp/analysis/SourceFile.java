package dev.synapse.gmp.analysis;

import static java.util.Objects.requireNonNull;

/// One file that was measured.
///
/// @param path relative to the folder of the sources, with `/` between names
/// @param lines how many lines it has, blank ones and comments included
/// @param tokens how many tokens it has; comments and white space are none
/// @param code the lines that bear a token
/// @param duplicated those of them that stand somewhere else too
public record SourceFile(
    String path, Language language, int lines, int tokens, LineSet code, LineSet duplicated) {
  public SourceFile {
    requireNonNull(path, "path");
    requireNonNull(language, "language");
    if (code.last() > lines || code.size() > tokens * (long) lines) {
      throw new IllegalArgumentException(
          "'%s' has %d lines and %d tokens, but code on line %d"
              .formatted(path, lines, tokens, code.last()));
    }
    if (!code.and(duplicated).equals(duplicated)) {
      throw new IllegalArgumentException("'%s' repeats lines that bear no code".formatted(path));
    }
  }

  /// How many lines bear code.
  public int linesOfCode() {
    return code.size();
  }
}
