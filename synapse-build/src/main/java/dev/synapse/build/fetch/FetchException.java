package dev.synapse.build.fetch;

import java.io.IOException;

/// A file could not be fetched; the message is that of the problem.
public final class FetchException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient FetchProblem problem;

  /// Wraps what is wrong.
  public FetchException(FetchProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong, as a value.
  public FetchProblem problem() {
    return problem;
  }
}
