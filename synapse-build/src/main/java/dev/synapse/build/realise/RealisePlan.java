package dev.synapse.build.realise;

import dev.synapse.store.path.StorePath;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// What realising would do.
///
/// @param toBuild derivations, each after those it needs
/// @param toFetch outputs and sources that a substituter has
public record RealisePlan(List<StorePath> toBuild, SortedSet<StorePath> toFetch) {
  /// Copies both.
  public RealisePlan {
    toBuild = List.copyOf(toBuild);
    toFetch = Collections.unmodifiableSortedSet(new TreeSet<>(toFetch));
  }
}
