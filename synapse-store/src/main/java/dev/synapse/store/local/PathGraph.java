package dev.synapse.store.local;

import dev.synapse.store.path.StorePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All valid paths of one moment and how they hang together, in memory: some hundred bytes a path.
/// Paths are known by their place in [#paths()].
final class PathGraph {
  private static final int[] NONE = new int[0];

  private final List<StorePath> paths;
  private final Map<StorePath, Integer> places;

  /// For each path what it refers to, without itself.
  private final int[][] references;

  /// For each path the valid derivation that built it, or -1.
  private final int[] derivers;

  /// For each derivation its valid outputs.
  private final int[][] outputs;

  private final long lastNumber;
  private long version;

  private PathGraph(Builder rows, int[] derivers, long version) {
    this.paths = rows.paths;
    this.places = rows.places;
    this.references = rows.references.toArray(int[][]::new);
    this.derivers = derivers;
    this.outputs = rows.outputs.toArray(int[][]::new);
    this.lastNumber = rows.lastNumber;
    this.version = version;
  }

  /// What keeps what alive.
  ///
  /// @param keepDerivations whether a path keeps the derivation that built it
  /// @param keepOutputs whether a derivation keeps its outputs
  record Keeping(boolean keepDerivations, boolean keepOutputs) {}

  /// The paths in the order in which they became valid.
  List<StorePath> paths() {
    return paths;
  }

  /// The number that the database gave the path that came last; 0 without any.
  long lastNumber() {
    return lastNumber;
  }

  /// The version of the database that this is a picture of.
  long version() {
    return version;
  }

  /// Notes a change of the database that whoever asks this graph knows of.
  void changed(long newVersion) {
    version = newVersion;
  }

  int size() {
    return paths.size();
  }

  OptionalInt placeOf(StorePath path) {
    Integer place = places.get(path);
    return place == null ? OptionalInt.empty() : OptionalInt.of(place);
  }

  /// What a path refers to, without itself.
  SortedSet<StorePath> references(StorePath path) {
    SortedSet<StorePath> found = new TreeSet<>();
    Integer place = places.get(path);
    if (place != null) {
      for (int reference : references[place]) {
        found.add(paths.get(reference));
      }
    }
    return found;
  }

  /// The paths that `place` keeps alive by itself.
  int[] kept(int place, Keeping keeping) {
    int[] kept = references[place];
    if (keeping.keepDerivations() && derivers[place] >= 0) {
      kept = Arrays.copyOf(kept, kept.length + 1);
      kept[kept.length - 1] = derivers[place];
    }
    if (keeping.keepOutputs() && outputs[place].length > 0) {
      int length = kept.length;
      kept = Arrays.copyOf(kept, length + outputs[place].length);
      System.arraycopy(outputs[place], 0, kept, length, outputs[place].length);
    }
    return kept;
  }

  /// For each path those that it is kept alive by.
  int[][] keepers(Keeping keeping) {
    int[] counts = new int[size()];
    for (int place = 0; place < size(); place++) {
      for (int each : kept(place, keeping)) {
        counts[each]++;
      }
    }
    int[][] keepers = new int[size()][];
    for (int place = 0; place < size(); place++) {
      keepers[place] = counts[place] == 0 ? NONE : new int[counts[place]];
    }
    for (int place = 0; place < size(); place++) {
      for (int each : kept(place, keeping)) {
        keepers[each][--counts[each]] = place;
      }
    }
    return keepers;
  }

  /// The chosen paths, each before everything that it refers to.
  List<Integer> referrersFirst(boolean[] chosen) {
    int[] waiting = referrerCounts(chosen);
    List<Integer> order = new ArrayList<>();
    for (int place = 0; place < size(); place++) {
      if (chosen[place] && waiting[place] == 0) {
        order.add(place);
      }
    }
    for (int at = 0; at < order.size(); at++) {
      for (int reference : references[order.get(at)]) {
        if (--waiting[reference] == 0 && chosen[reference]) {
          order.add(reference);
        }
      }
    }
    return order;
  }

  /// For each path how many of the chosen ones refer to it.
  private int[] referrerCounts(boolean[] chosen) {
    int[] counts = new int[size()];
    for (int place = 0; place < size(); place++) {
      if (chosen[place]) {
        for (int reference : references[place]) {
          counts[reference]++;
        }
      }
    }
    return counts;
  }

  /// Gathers rows into a graph.
  static final class Builder {
    private final List<StorePath> paths = new ArrayList<>();
    private final Map<StorePath, Integer> places = new HashMap<>();
    private final Map<Long, Integer> numbers = new HashMap<>();
    private final List<int[]> references = new ArrayList<>();
    private final List<int[]> outputs = new ArrayList<>();
    private final Map<Integer, StorePath> derivers = new HashMap<>();
    private long lastNumber;

    void path(long number, StorePath path) {
      numbers.put(number, paths.size());
      lastNumber = Math.max(lastNumber, number);
      places.put(path, paths.size());
      paths.add(path);
      references.add(NONE);
      outputs.add(NONE);
    }

    /// The deriver of the path that came last.
    void deriver(StorePath derivation) {
      derivers.put(paths.size() - 1, derivation);
    }

    void reference(long referrer, long reference) {
      add(references, numbers.get(referrer), numbers.get(reference));
    }

    void output(long derivation, StorePath output) {
      add(outputs, numbers.get(derivation), places.get(output));
    }

    private static void add(List<int[]> lists, @Nullable Integer from, @Nullable Integer to) {
      if (from != null && to != null && !from.equals(to)) {
        int[] list = Arrays.copyOf(lists.get(from), lists.get(from).length + 1);
        list[list.length - 1] = to;
        lists.set(from, list);
      }
    }

    PathGraph build(long version) {
      int[] known = new int[paths.size()];
      for (int place = 0; place < known.length; place++) {
        StorePath deriver = derivers.get(place);
        known[place] = deriver == null ? -1 : places.getOrDefault(deriver, -1);
      }
      return new PathGraph(this, known, version);
    }
  }
}
