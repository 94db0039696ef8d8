package dev.synapse.gmp.record;

import java.io.Serial;

/// Batch records are damaged, or do not allow what was asked.
public final class RecordException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient RecordProblem problem;

  /// Keeps `problem` and takes its message.
  public RecordException(RecordProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  static RecordException malformed(String what, String reason) {
    return new RecordException(new RecordProblem.Malformed(what, reason));
  }

  /// What is wrong.
  public RecordProblem problem() {
    return problem;
  }
}
