package dev.synapse.gmp.report.format;

/// Is told of each mutant, in the order of the file.
public interface MutationSink {
  /// One mutant.
  void mutant(MutantFields fields) throws DamagedReport;

  /// What a mutation report says of one mutant.
  ///
  /// @param className with its package
  /// @param description tells methods of one name apart
  /// @param index tells mutants of one method and mutator apart
  /// @param line 0 where the report does not say
  record MutantFields(
      String className,
      String sourceFile,
      String method,
      String description,
      String index,
      long line,
      String mutator,
      String status,
      boolean detected) {}
}
