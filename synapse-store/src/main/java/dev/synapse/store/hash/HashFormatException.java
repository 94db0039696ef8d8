package dev.synapse.store.hash;

import java.io.Serial;

/// A text that should be a hash is none.
public final class HashFormatException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient HashProblem problem;

  /// Keeps `problem` and takes its message.
  public HashFormatException(HashProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong.
  public HashProblem problem() {
    return problem;
  }
}
