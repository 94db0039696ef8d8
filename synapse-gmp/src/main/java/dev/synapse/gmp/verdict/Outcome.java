package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// What came of measuring a metric.
public sealed interface Outcome {
  /// There is a figure.
  ///
  /// @param withoutData files that belong to it and have no data, sorted
  record Measured(Measurement value, List<String> withoutData) implements Outcome {
    public Measured {
      requireNonNull(value, "value");
      withoutData = withoutData.stream().sorted().distinct().toList();
    }
  }

  /// The change holds nothing that could be judged, such as a change of a text file only.
  record NothingChanged() implements Outcome {}

  /// There is no figure, which is never a pass.
  ///
  /// @param declared whether there was to be one: what it is made of was declared
  /// @param reason why there is none
  record Missing(boolean declared, String reason) implements Outcome {
    public Missing {
      requireNonNull(reason, "reason");
    }
  }

  /// A figure whose files all have data.
  static Outcome of(Measurement value) {
    return new Measured(value, List.of());
  }

  /// What it is made of was not declared.
  static Outcome undeclared(String reason) {
    return new Missing(false, reason);
  }

  /// What it is made of was declared, and is not there or of no use.
  static Outcome lacking(String reason) {
    return new Missing(true, reason);
  }
}
