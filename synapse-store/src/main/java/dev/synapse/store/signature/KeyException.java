package dev.synapse.store.signature;

import java.io.Serial;

/// A text that should be a key or a signature is none.
public final class KeyException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient KeyProblem problem;

  /// Keeps `problem` and takes its message.
  public KeyException(KeyProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong.
  public KeyProblem problem() {
    return problem;
  }
}
