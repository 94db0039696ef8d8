package dev.synapse.sandbox;

import java.io.IOException;

/// No sandbox can be had here; nothing was run.
public final class SandboxUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient SandboxProblem problem;

  public SandboxUnavailableException(SandboxProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  public SandboxProblem problem() {
    return problem;
  }
}
