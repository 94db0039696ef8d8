package dev.synapse.build.source;

/// Thrown when it cannot be said which files are a project's source.
public final class SourceException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient SourceProblem problem;

  /// Takes the problem's message.
  public SourceException(SourceProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// Why.
  public SourceProblem problem() {
    return problem;
  }
}
