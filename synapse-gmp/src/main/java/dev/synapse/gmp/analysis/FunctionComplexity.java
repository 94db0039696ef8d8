package dev.synapse.gmp.analysis;

import static java.util.Objects.requireNonNull;

/// A function, method or constructor with a body, and its cyclomatic complexity, see
/// [Definitions#CYCLOMATIC_COMPLEXITY].
///
/// @param file the file's path in [SourceFile]
/// @param name with the types and functions around it in this file: `Outer.Inner.method`
/// @param firstLine where it begins, modifiers and annotations left out
/// @param lastLine where its body ends
/// @param complexity at least 1
public record FunctionComplexity(
    String file, String name, int firstLine, int lastLine, int complexity) {
  public FunctionComplexity {
    requireNonNull(file, "file");
    requireNonNull(name, "name");
    if (firstLine < 1 || lastLine < firstLine || complexity < 1) {
      throw new IllegalArgumentException(
          "function '%s' from line %d to %d of complexity %d"
              .formatted(name, firstLine, lastLine, complexity));
    }
  }
}
