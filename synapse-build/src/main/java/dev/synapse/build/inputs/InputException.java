package dev.synapse.build.inputs;

/// An input is not what the lock says, or cannot be made of what was fetched; the message is one
/// line.
public final class InputException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Keeps the message.
  public InputException(String message) {
    super(message);
  }

  /// Keeps the message and what caused it.
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
