package dev.synapse.gmp.policy;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.util.Optional;

/// What is asked of one metric over one scope. Limits are inclusive.
///
/// @param bound the least, or the most, that complies, in [#unit()]
/// @param over for [Scope#SHARE] what a function may have before it counts; else empty
/// @param need whether the metric has to be measured
public record Limit(
    Metric metric,
    Scope scope,
    BigDecimal bound,
    Optional<BigDecimal> over,
    Severity severity,
    Need need) {

  /// When the lack of a figure is as bad as a bad one.
  public enum Need {
    /// Always.
    ALWAYS,
    /// When the data it is made of was declared: tests, coverage, sources.
    WHEN_DECLARED
  }

  public Limit {
    requireNonNull(metric, "metric");
    requireNonNull(bound, "bound");
    requireNonNull(severity, "severity");
    requireNonNull(need, "need");
    if (!metric.allows(scope)) {
      throw new IllegalArgumentException(metric.id() + " has no scope " + scope.id());
    }
    if (over.isPresent() != (scope == Scope.SHARE)) {
      throw new IllegalArgumentException("'over' belongs to the scope share, and to no other");
    }
    if (bound.signum() < 0) {
      throw new IllegalArgumentException(metric.id() + " of " + bound);
    }
  }

  /// A limit over the whole project, whose lack of data is an error.
  public static Limit project(Metric metric, BigDecimal bound) {
    return new Limit(metric, Scope.PROJECT, bound, Optional.empty(), Severity.ERROR, Need.ALWAYS);
  }

  /// The same limit with another need.
  public Limit needed(Need when) {
    return new Limit(metric, scope, bound, over, severity, when);
  }

  /// What values of it are counted in.
  public Unit unit() {
    return unit(metric, scope);
  }

  static Unit unit(Metric metric, Scope scope) {
    return switch (scope) {
      case PROJECT, CHANGED -> metric.unit();
      case PER_KLOC -> Unit.PER_KLOC;
      case SHARE -> Unit.RATE;
    };
  }

  /// What is counted, one of them: `function` where a share of functions is asked for.
  public String noun() {
    return scope == Scope.SHARE ? "function" : metric.noun();
  }
}
