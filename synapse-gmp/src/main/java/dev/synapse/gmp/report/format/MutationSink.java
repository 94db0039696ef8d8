package dev.synapse.gmp.report.format;

/// Is told of each mutant, in the order of the file.
public interface MutationSink {
  /// One mutant.
  ///
  /// @param fields by the name of their element or attribute: those that the format requires are
  ///   there
  void mutant(MutantFields fields);

  /// What a mutation report says of one mutant.
  ///
  /// @param place tells it from the others of its method and mutator
  record MutantFields(
      String className,
      String sourceFile,
      String method,
      String place,
      long line,
      String mutator,
      String status,
      boolean detected) {}
}
