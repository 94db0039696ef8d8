package dev.synapse.gmp.analysis;

/// A file that cannot be cut into tokens.
final class DamagedSource extends Exception {
  private static final long serialVersionUID = 1L;

  private final String reason;

  DamagedSource(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
