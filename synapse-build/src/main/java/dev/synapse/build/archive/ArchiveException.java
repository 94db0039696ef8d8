package dev.synapse.build.archive;

import java.io.IOException;

/// An archive was not unpacked; the message is that of the problem.
public final class ArchiveException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient ArchiveProblem problem;

  /// Wraps what is wrong.
  public ArchiveException(ArchiveProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong, as a value.
  public ArchiveProblem problem() {
    return problem;
  }
}
