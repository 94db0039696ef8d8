package dev.synapse.gmp.verdict;

import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Ratchet;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Severity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Never worse than the record of the commit that a change starts from. That record is given from
/// outside of the change, which could write another one.
final class RatchetChecks {
  private static final Subject SUBJECT = new Subject(Subject.Origin.RATCHET, "");

  private final Ratchet ratchet;
  private final Optional<PastRecord> baseline;
  private final Optional<String> start;

  /// @param start the commit that the change starts from, where it is known
  RatchetChecks(Ratchet ratchet, Optional<PastRecord> baseline, Optional<String> start) {
    this.ratchet = ratchet;
    this.baseline = baseline;
    this.start = start;
  }

  /// One check for each metric that the ratchet holds and the baseline has a figure for: over the
  /// whole project, also where the stage only limits what changed.
  List<LimitCheck> of(List<Limit> limits, Function<Limit, Outcome> measure) {
    List<Limit> held = new ArrayList<>();
    for (Limit limit : limits) {
      if (ratchet.holds(limit.metric())) {
        held.add(limit.scope() == Scope.CHANGED ? whole(limit.metric()) : limit);
      }
    }
    ratchet.metrics().stream()
        .filter(metric -> metric.allows(Scope.PROJECT))
        .filter(metric -> held.stream().noneMatch(limit -> limit.metric() == metric))
        .forEach(metric -> held.add(whole(metric)));
    List<LimitCheck> checks = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Limit limit : held) {
      if (seen.add(PastRecord.key(limit, ""))) {
        check(limit, measure).ifPresent(checks::add);
      }
    }
    return checks;
  }

  private static Limit whole(Metric metric) {
    return Limit.project(metric, BigDecimal.ZERO);
  }

  private Optional<LimitCheck> check(Limit limit, Function<Limit, Outcome> measure) {
    if (baseline.isEmpty()) {
      return limit.need() == Limit.Need.ALWAYS
          ? Optional.of(
              failing(limit, "there is no record of the commit that the change starts from"))
          : Optional.empty();
    }
    Optional<String> stale = staleness(baseline, start);
    if (stale.isPresent() && ratchet.stale() == Severity.ERROR) {
      return Optional.of(failing(limit, stale.get()));
    }
    return baseline
        .get()
        .find(limit, "")
        .map(
            before ->
                LimitCheck.of(bounded(limit, bound(limit, before)), SUBJECT, measure.apply(limit)));
  }

  private static LimitCheck failing(Limit limit, String reason) {
    return LimitCheck.of(bounded(limit, limit.bound()), SUBJECT, Outcome.lacking(reason));
  }

  private BigDecimal bound(Limit limit, Measurement before) {
    boolean atLeast = limit.metric().atLeast();
    BigDecimal tolerance = ratchet.tolerance(limit.metric());
    BigDecimal was = before.bound(atLeast);
    return atLeast ? was.subtract(tolerance).max(BigDecimal.ZERO) : was.add(tolerance);
  }

  private static Limit bounded(Limit limit, BigDecimal bound) {
    return new Limit(
        limit.metric(), limit.scope(), bound, limit.over(), limit.severity(), Limit.Need.ALWAYS);
  }

  /// Whether the baseline is of another commit than the one that the change starts from, as a
  /// sentence.
  static Optional<String> staleness(Optional<PastRecord> baseline, Optional<String> start) {
    if (baseline.isEmpty() || start.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> revision = baseline.get().revision();
    if (revision.isEmpty()) {
      return Optional.of("the baseline does not say which commit it is of; it may be stale");
    }
    return revision.get().equals(start.get())
        ? Optional.empty()
        : Optional.of(
            "the baseline is stale: it is of %s, the change starts from %s"
                .formatted(revision.get(), start.get()));
  }
}
