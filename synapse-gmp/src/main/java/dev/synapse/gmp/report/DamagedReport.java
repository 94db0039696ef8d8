package dev.synapse.gmp.report;

/// What is wrong with one file, while it is read.
final class DamagedReport extends Exception {
  private static final long serialVersionUID = 1L;

  DamagedReport(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
