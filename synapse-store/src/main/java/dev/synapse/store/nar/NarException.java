package dev.synapse.store.nar;

import java.io.IOException;
import java.io.Serial;

/// Bytes that should be an archive are none.
public final class NarException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient NarProblem problem;

  /// Keeps `problem` and takes its message.
  public NarException(NarProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong.
  public NarProblem problem() {
    return problem;
  }
}
