package dev.synapse.build.nix;

import java.io.IOException;
import java.io.Serial;

/// Real Nix could not be asked to build, or could not try.
public final class NixException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient NixProblem problem;

  /// Keeps `problem` and takes its message.
  public NixException(NixProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong.
  public NixProblem problem() {
    return problem;
  }
}
