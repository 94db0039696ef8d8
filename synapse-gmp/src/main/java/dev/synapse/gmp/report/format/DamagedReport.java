package dev.synapse.gmp.report.format;

/// What is wrong with one file, while it is read.
public final class DamagedReport extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param reason one line: where, and what is wrong
  public DamagedReport(String reason) {
    super(reason);
  }

  /// One line: where, and what is wrong.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
