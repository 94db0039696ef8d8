package dev.synapse.build.realise;

import dev.synapse.store.path.StorePath;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// What became of a graph of derivations.
///
/// @param results of every derivation that was asked for or had to be built and was tried, in the
///   order in which they ended
/// @param notTried derivations that were not tried, because one they need failed or because nothing
///   was started any more
public record Realisation(
    SequencedMap<StorePath, RealiseResult> results, SortedSet<StorePath> notTried) {
  /// Copies both.
  public Realisation {
    results = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(results));
    notTried = Collections.unmodifiableSortedSet(new TreeSet<>(notTried));
  }

  static Realisation of(Collection<RealiseResult> ended, SortedSet<StorePath> notTried) {
    SequencedMap<StorePath, RealiseResult> results = new LinkedHashMap<>();
    ended.forEach(result -> results.put(result.derivation(), result));
    return new Realisation(results, notTried);
  }

  /// How `derivation` ended; empty if it was not tried.
  public Optional<RealiseResult> of(StorePath derivation) {
    return Optional.ofNullable(results.get(derivation));
  }

  /// The builds that failed, in the order in which they did.
  public List<RealiseResult.Failed> failures() {
    return results.values().stream()
        .filter(RealiseResult.Failed.class::isInstance)
        .map(RealiseResult.Failed.class::cast)
        .toList();
  }

  /// Whether every output that was asked for is valid.
  public boolean succeeded() {
    return notTried.isEmpty() && failures().isEmpty();
  }
}
