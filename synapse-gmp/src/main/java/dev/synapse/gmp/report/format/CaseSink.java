package dev.synapse.gmp.report.format;

/// Is told how each test case ended, in the order of the file.
public interface CaseSink {
  /// The case passed in the end.
  ///
  /// @param wasFlaky it failed first
  void passed(String name, boolean wasFlaky);

  /// An assertion of the case did not hold.
  void failed(String name);

  /// The case broke otherwise.
  void broke(String name);

  /// The case did not run, or came to no result: no pass.
  void skipped(String name);
}
