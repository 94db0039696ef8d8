package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Severity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/// One metric against its limit.
///
/// @param next what the next stage asks of the same metric and scope; empty when it does not
/// @param waiver the id of the waiver that gives leave to miss the limit; empty when none does
public record LimitCheck(
    Limit limit,
    Subject subject,
    Outcome outcome,
    Optional<BigDecimal> next,
    Optional<String> waiver) {
  public LimitCheck {
    requireNonNull(limit, "limit");
    requireNonNull(subject, "subject");
    requireNonNull(outcome, "outcome");
    requireNonNull(next, "next");
    requireNonNull(waiver, "waiver");
  }

  /// A limit without a stage after it and without a waiver.
  static LimitCheck of(Limit limit, Subject subject, Outcome outcome) {
    return new LimitCheck(limit, subject, outcome, Optional.empty(), Optional.empty());
  }

  LimitCheck withNext(Optional<BigDecimal> bound) {
    return new LimitCheck(limit, subject, outcome, bound, waiver);
  }

  LimitCheck waivedBy(String id) {
    return new LimitCheck(limit, subject, outcome, next, Optional.of(id));
  }

  /// What is limited.
  public Metric metric() {
    return limit.metric();
  }

  /// The figure; empty when there is none.
  public Optional<Measurement> measured() {
    return outcome instanceof Outcome.Measured(var value, _)
        ? Optional.of(value)
        : Optional.empty();
  }

  /// The value, in the limit's unit, rounded down.
  public Optional<BigDecimal> value() {
    return measured().map(Measurement::value);
  }

  /// Whether the limit is met; empty when there is no figure.
  public Optional<Boolean> met() {
    return measured().map(value -> value.meets(limit.bound(), metric().atLeast()));
  }

  /// Whether the limit is not met, or has to be measured and is not.
  public boolean fails() {
    return switch (outcome) {
      case Outcome.Measured(var value, _) -> !value.meets(limit.bound(), metric().atLeast());
      case Outcome.NothingChanged() -> false;
      case Outcome.Missing(var declared, _) -> declared || limit.need() == Limit.Need.ALWAYS;
    };
  }

  /// Whether this keeps a build from being compliant.
  public boolean blocks() {
    return fails() && waiver.isEmpty() && limit.severity() == Severity.ERROR;
  }

  /// Why there is no figure; empty when there is one.
  public Optional<String> reason() {
    return switch (outcome) {
      case Outcome.Measured _ -> Optional.empty();
      case Outcome.NothingChanged() -> Optional.of("the change has no line to judge");
      case Outcome.Missing(_, var reason) -> Optional.of(reason);
    };
  }

  /// How far: `12 lines short`, `3 tests over`, `2 numbers too many`, `at the limit`; empty when
  /// there is no figure.
  public Optional<String> distance() {
    return distance(limit.bound());
  }

  /// How far from what the next stage asks; empty when it asks nothing, or there is no figure.
  public Optional<String> nextDistance() {
    return next.flatMap(this::distance);
  }

  private Optional<String> distance(BigDecimal bound) {
    return measured().map(value -> words(value.distance(bound, metric().atLeast())));
  }

  private String words(BigInteger by) {
    if (by.signum() == 0) {
      return "at the limit";
    }
    String noun = limit.noun() + (by.abs().equals(BigInteger.ONE) ? "" : plural(limit.noun()));
    return "%d %s %s".formatted(by.abs(), noun, direction(by.signum() > 0));
  }

  private static String plural(String noun) {
    return noun.endsWith("ch") ? "es" : "s";
  }

  private String direction(boolean more) {
    if (metric().atLeast()) {
      return more ? "over" : "short";
    }
    return more ? "too many" : "to spare";
  }
}
