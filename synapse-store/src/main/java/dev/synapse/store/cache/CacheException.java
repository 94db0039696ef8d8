package dev.synapse.store.cache;

import java.io.IOException;
import java.io.Serial;

/// A cache does not do, or does not have, what was asked of it.
public final class CacheException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient CacheProblem problem;

  /// Keeps `problem` and takes its message.
  public CacheException(CacheProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  CacheException(CacheProblem problem, Throwable cause) {
    super(problem.message(), cause);
    this.problem = problem;
  }

  /// What is wrong.
  public CacheProblem problem() {
    return problem;
  }
}
