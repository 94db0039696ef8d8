package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Scope;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an earlier judgement measured.
///
/// @param label how people call it: a number, a day, a commit
/// @param revision the commit that it is of; empty where it was not said
/// @param figures by [#key(Limit,String)]
public record PastRecord(
    String label, Optional<String> revision, SortedMap<String, Figure> figures) {
  /// A figure and the definition by which it was counted: only what was counted alike compares.
  public record Figure(Measurement value, String definition) {
    public Figure {
      requireNonNull(value, "value");
      requireNonNull(definition, "definition");
    }
  }

  public PastRecord {
    requireNonNull(label, "label");
    requireNonNull(revision, "revision");
    figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
  }

  /// What figures of one kind have in common, whatever their limit: `test_coverage`,
  /// `cyclomatic_complexity/share>12`, `test_coverage@core`.
  ///
  /// @param module empty for the whole project
  public static String key(Limit limit, String module) {
    String scope = limit.scope() == Scope.PROJECT ? "" : "/" + limit.scope().id();
    String over = limit.over().map(bound -> ">" + Numbers.plain(bound)).orElse("");
    return limit.metric().id() + scope + over + (module.isEmpty() ? "" : "@" + module);
  }

  /// The figure that a limit limits; empty when it was not measured, or counted otherwise.
  public Optional<Measurement> find(Limit limit, String module) {
    return Optional.ofNullable(figures.get(key(limit, module)))
        .filter(figure -> figure.definition().equals(limit.metric().definition()))
        .filter(figure -> figure.value().unit() == limit.unit())
        .map(Figure::value);
  }
}
