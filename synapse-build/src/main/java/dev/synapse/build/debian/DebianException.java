package dev.synapse.build.debian;

import java.io.IOException;

/// A Debian toolchain root could not be locked or made; the message is that of the problem.
public final class DebianException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient DebianProblem problem;

  /// Wraps what is wrong.
  public DebianException(DebianProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong, as a value.
  public DebianProblem problem() {
    return problem;
  }
}
