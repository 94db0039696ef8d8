package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Metric;
import java.math.BigDecimal;
import java.util.Optional;

/// One metric against its limit.
///
/// @param measured empty when the metric was not measured, which is never a pass
public record LimitCheck(Metric metric, Optional<Measurement> measured, BigDecimal limit) {
  public LimitCheck {
    requireNonNull(metric, "metric");
    requireNonNull(measured, "measured");
    requireNonNull(limit, "limit");
    if (measured.isPresent() && !metric.atLeast()) {
      throw new IllegalArgumentException(metric.id() + " is not a share");
    }
  }

  /// The value, in the metric's unit, rounded down.
  public Optional<BigDecimal> value() {
    return measured.map(Measurement::value);
  }

  /// Whether the limit is met; empty when the metric was not measured.
  public Optional<Boolean> met() {
    return measured.map(share -> share.reaches(limit));
  }

  /// Whether this keeps a build from being compliant.
  public boolean blocks() {
    return metric.required() && !met().orElse(false);
  }

  /// How far: `12 lines short`, `3 tests over`, `at the limit`; empty when not measured.
  public Optional<String> distance() {
    return measured.map(
        share -> {
          long by = share.distance(limit);
          if (by == 0) {
            return "at the limit";
          }
          String what = metric == Metric.TEST_COVERAGE ? "line" : "test";
          return "%d %s%s %s"
              .formatted(
                  Math.abs(by), what, Math.abs(by) == 1 ? "" : "s", by < 0 ? "short" : "over");
        });
  }
}
