package dev.synapse.gmp.analysis;

/// A file is not a canonical analysis.
public final class AnalysisException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String reason;

  AnalysisException(String file, String reason) {
    super("%s is not an analysis: %s".formatted(file, reason));
    this.file = file;
    this.reason = reason;
  }

  /// The file, as it was given.
  public String file() {
    return file;
  }

  /// What is wrong with it.
  public String reason() {
    return reason;
  }
}
