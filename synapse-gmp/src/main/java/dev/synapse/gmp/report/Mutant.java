package dev.synapse.gmp.report;

import static java.util.Objects.requireNonNull;

/// One change that a mutation tester made to the program, and whether a test noticed it.
///
/// @param className with its package
/// @param sourceFile the name without its folder
/// @param line where the change stands, 0 where the report does not say
/// @param mutator what kind of change
/// @param status what the report says, in its words: `KILLED`, `SURVIVED`, `NO_COVERAGE`, …
/// @param detected whether the report counts it as noticed
public record Mutant(
    String className,
    String sourceFile,
    String method,
    int line,
    String mutator,
    String status,
    boolean detected) {
  public Mutant {
    requireNonNull(className, "className");
    requireNonNull(sourceFile, "sourceFile");
    requireNonNull(method, "method");
    requireNonNull(mutator, "mutator");
    requireNonNull(status, "status");
    if (line < 0) {
      throw new IllegalArgumentException("negative line");
    }
  }
}
