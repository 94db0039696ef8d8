package dev.synapse.gmp.report;

import dev.synapse.gmp.report.format.DamagedReport;
import dev.synapse.gmp.report.format.MutationSink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Gathers mutants, each once: one that any report detected is detected.
final class Mutants implements MutationSink {
  /// What makes a mutant the same in two reports.
  private record Identity(
      String className, String method, String description, String index, String mutator) {}

  private final Map<Identity, Mutant> found = new HashMap<>();

  @Override
  public void mutant(MutantFields fields) throws DamagedReport {
    if (fields.line() > Integer.MAX_VALUE) {
      throw new DamagedReport("line number %d".formatted(fields.line()));
    }
    var identity =
        new Identity(
            fields.className(),
            fields.method(),
            fields.description(),
            fields.index(),
            fields.mutator());
    var mutant =
        new Mutant(
            fields.className(),
            fields.sourceFile(),
            fields.method(),
            (int) fields.line(),
            fields.mutator(),
            fields.status(),
            fields.detected());
    found.merge(identity, mutant, (one, two) -> one.detected() || !two.detected() ? one : two);
  }

  List<Mutant> each() {
    return new ArrayList<>(found.values());
  }
}
