package dev.synapse.store.graph;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Brings paths into the order in which Nix lists them: what is referred to comes first. Depth
/// first from each path in sorted order, along sorted references, written on the way out; paths
/// that were not given are not followed. Depth takes no stack.
public final class DependencyOrder {
  private DependencyOrder() {}

  private record Step(StorePath path, Iterator<StorePath> rest) {}

  /// The given paths, each after those of them that it refers to.
  public static List<StorePath> of(Collection<StorePath> paths, References references)
      throws IOException {
    SortedSet<StorePath> given = new TreeSet<>(paths);
    Set<StorePath> all = new HashSet<>(given);
    Set<StorePath> visited = new HashSet<>();
    Set<StorePath> ordered = new LinkedHashSet<>();
    Deque<Step> open = new ArrayDeque<>();
    for (StorePath start : given) {
      if (visited.add(start)) {
        open.push(new Step(start, references.of(start).iterator()));
      }
      while (!open.isEmpty()) {
        Step step = open.element();
        if (step.rest.hasNext()) {
          StorePath next = step.rest.next();
          if (all.contains(next) && visited.add(next)) {
            open.push(new Step(next, references.of(next).iterator()));
          }
        } else {
          ordered.add(step.path);
          open.pop();
        }
      }
    }
    return List.copyOf(ordered);
  }
}
