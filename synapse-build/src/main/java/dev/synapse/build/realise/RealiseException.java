package dev.synapse.build.realise;

/// Why a derivation cannot even be tried: its file is damaged, an input is missing, it is for
/// another system, or it asks for something Synapse does not do.
public final class RealiseException extends Exception {
  private static final long serialVersionUID = 1L;

  /// Keeps the one-line message.
  public RealiseException(String message) {
    super(message);
  }

  /// Keeps the one-line message and what caused it.
  public RealiseException(String message, Throwable cause) {
    super(message, cause);
  }
}
