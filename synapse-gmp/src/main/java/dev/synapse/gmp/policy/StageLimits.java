package dev.synapse.gmp.policy;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.List;

/// A stage: a name and what it asks for.
///
/// @param limits in the order of [Metric], then of [Scope], each pair once
public record StageLimits(String name, List<Limit> limits) {
  static final Comparator<Limit> ORDER =
      Comparator.comparing(Limit::metric).thenComparing(Limit::scope);

  public StageLimits {
    requireNonNull(name, "name");
    limits = limits.stream().sorted(ORDER).toList();
    for (int i = 1; i < limits.size(); i++) {
      if (ORDER.compare(limits.get(i - 1), limits.get(i)) == 0) {
        throw new IllegalArgumentException("two limits of " + limits.get(i).metric().id());
      }
    }
  }
}
