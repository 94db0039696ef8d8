package dev.synapse.store.cache;

import java.io.Serial;

/// A text that should be a narinfo, or a `nix-cache-info`, is none.
public final class NarInfoException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient NarInfoProblem problem;

  /// Keeps `problem` and takes its message.
  public NarInfoException(NarInfoProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong.
  public NarInfoProblem problem() {
    return problem;
  }
}
