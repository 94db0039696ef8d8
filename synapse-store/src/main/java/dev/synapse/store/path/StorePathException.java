package dev.synapse.store.path;

import java.io.Serial;

/// A text that should be a store path, or a content address, is none.
public final class StorePathException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient StorePathProblem problem;

  /// Keeps `problem` and takes its message.
  public StorePathException(StorePathProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong.
  public StorePathProblem problem() {
    return problem;
  }
}
