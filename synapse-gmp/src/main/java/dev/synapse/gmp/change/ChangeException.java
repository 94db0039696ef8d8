package dev.synapse.gmp.change;

/// What changed cannot be told: a damaged patch, no such commit, no git.
public final class ChangeException extends Exception {
  private static final long serialVersionUID = 1L;

  ChangeException(String message) {
    super(message);
  }
}
