package dev.synapse.store.transfer;

import java.io.IOException;
import java.io.Serial;

/// A stream of store objects cannot be read, or not be written.
public final class TransferException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient TransferProblem problem;

  /// Keeps `problem` and takes its message.
  public TransferException(TransferProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong.
  public TransferProblem problem() {
    return problem;
  }
}
