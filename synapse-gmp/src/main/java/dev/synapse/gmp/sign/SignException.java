package dev.synapse.gmp.sign;

import java.io.Serial;

/// A key, a signature or a list of signers is not to be trusted.
public final class SignException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient SignProblem problem;

  /// Keeps `problem` and takes its message.
  public SignException(SignProblem problem) {
    super(problem.message());
    this.problem = problem;
  }

  static SignException malformed(String what, String reason) {
    return new SignException(new SignProblem.Malformed(what, reason));
  }

  /// What is wrong.
  public SignProblem problem() {
    return problem;
  }
}
