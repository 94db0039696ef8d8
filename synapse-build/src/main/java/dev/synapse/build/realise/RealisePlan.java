package dev.synapse.build.realise;

import dev.synapse.store.cache.Substitutes.Offer;
import dev.synapse.store.path.StorePath;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What realising would do.
///
/// @param toBuild derivations, each after those it needs
/// @param toFetch outputs and sources that can be had elsewhere, with all that has to come along
public record RealisePlan(List<StorePath> toBuild, SortedMap<StorePath, Offer> toFetch) {
  /// Copies both.
  public RealisePlan {
    toBuild = List.copyOf(toBuild);
    toFetch = Collections.unmodifiableSortedMap(new TreeMap<>(toFetch));
  }
}
