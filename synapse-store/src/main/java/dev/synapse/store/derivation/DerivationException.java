package dev.synapse.store.derivation;

import java.io.Serial;

/// Something is no derivation, or not one that may be in a store.
public final class DerivationException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient DerivationProblem problem;

  /// Keeps `problem` and takes its message.
  public DerivationException(DerivationProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  /// What is wrong.
  public DerivationProblem problem() {
    return problem;
  }
}
