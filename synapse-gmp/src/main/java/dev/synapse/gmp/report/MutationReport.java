package dev.synapse.gmp.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a mutation tester found: each mutant once.
///
/// @param mutants sorted by class, line, method and mutator
public record MutationReport(List<Mutant> mutants) {
  public MutationReport {
    mutants =
        mutants.stream()
            .sorted(
                Comparator.comparing(Mutant::className)
                    .thenComparingInt(Mutant::line)
                    .thenComparing(Mutant::method)
                    .thenComparing(Mutant::mutator)
                    .thenComparing(Mutant::status))
            .toList();
  }

  /// Detected mutants as covered, all others as missed: also those in code that no test runs. No
  /// mutant at all is no score.
  public Optional<Covered> score() {
    long detected = mutants.stream().filter(Mutant::detected).count();
    return mutants.isEmpty()
        ? Optional.empty()
        : Optional.of(new Covered(detected, mutants.size() - detected));
  }
}
