package dev.synapse.gmp.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finds what stands in the sources more than once, as PMD's CPD does, in arrays of numbers.
///
/// Every run of as many tokens as a duplicate has at least gets a rolling hash (Karp and Rabin
/// 1987); the hashes are sorted; runs of one hash are compared in pairs, and a pair that cannot be
/// extended to the left is extended to the right as far as it goes. Pairs of one length that share
/// a place become one group. Time: that of the sort, and the square of how often one run is
/// repeated with different tokens before it.
final class DuplicateFinder {
  private static final long BASE = 0x9E3779B97F4A7C15L;

  /// What ends a file. It equals nothing, not even itself.
  private static final long END = 0;

  /// How much of a sorted number is the place; the rest is of the hash.
  private static final int PLACE_BITS = 28;

  /// From this many places of one hash on it pays to learn all lengths at once.
  private static final int MANY = 256;

  private static final int[] NO_LENGTHS = {};

  private static final long PLACE_MASK = (1L << PLACE_BITS) - 1;

  private final long[] values;
  private final int minimum;
  private final TreeMap<Integer, List<Group>> groups = new TreeMap<>();
  private final Map<Integer, Set<Integer>> partners = new HashMap<>();

  private DuplicateFinder(long[] values, int minimum) {
    this.values = values;
    this.minimum = minimum;
  }

  /// The groups of duplicates in all files, each place counted over all tokens of all files, with
  /// one place between two files.
  static List<Group> find(List<ComparedTokens> files, int minimum) {
    var finder = new DuplicateFinder(join(files), minimum);
    long[] windows = finder.windows();
    Arrays.parallelSort(windows);
    for (int[] places : repeated(windows)) {
      finder.pair(places);
    }
    return finder.groups.values().stream().flatMap(List::stream).toList();
  }

  private static long[] join(List<ComparedTokens> files) {
    int size = files.stream().mapToInt(file -> file.size() + 1).sum();
    var values = new long[size];
    int place = 0;
    for (ComparedTokens file : files) {
      file.copyTo(values, place);
      place += file.size();
      values[place++] = END;
    }
    return values;
  }

  /// One number for every run of tokens within a file: its hash, and its place.
  private long[] windows() {
    var windows = new long[values.length];
    int size = 0;
    long highest = power(minimum);
    long hash = 0;
    int from = 0;
    for (int i = 0; i < values.length; i++) {
      if (values[i] == END) {
        from = i + 1;
        hash = 0;
        continue;
      }
      hash = hash * BASE + values[i];
      int start = i - minimum + 1;
      if (start > from) {
        hash -= highest * values[start - 1];
      }
      if (start >= from) {
        windows[size++] = (hash & ~PLACE_MASK) | start;
      }
    }
    return Arrays.copyOf(windows, size);
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= BASE;
    }
    return power;
  }

  /// The places of every hash that occurs more than once, in the order of the first of them.
  private static List<int[]> repeated(long[] windows) {
    List<int[]> repeated = new ArrayList<>();
    int from = 0;
    while (from < windows.length) {
      int to = from + 1;
      while (to < windows.length && (windows[to] & ~PLACE_MASK) == (windows[from] & ~PLACE_MASK)) {
        to++;
      }
      if (to > from + 1) {
        repeated.add(places(windows, from, to));
      }
      from = to;
    }
    repeated.sort(Comparator.comparingInt(places -> places[0]));
    return repeated;
  }

  private static int[] places(long[] windows, int from, int to) {
    var places = new int[to - from];
    for (int i = from; i < to; i++) {
      places[i - from] = (int) (windows[i] & PLACE_MASK);
    }
    return places;
  }

  private void pair(int[] places) {
    int alike = alike(places);
    int skipped;
    for (int i = 0; i < alike; i += skipped + 1) {
      // What repeats itself, as a table of zeros: its later starts tell nothing new.
      skipped = nearer(places, i);
      compare(places, i, i + skipped + 1);
    }
  }

  /// From which of the places on the same token stands before all of them: those are inside of
  /// longer duplicates.
  private int alike(int[] places) {
    int last = places.length - 1;
    int from = last;
    while (from > 0 && places[from - 1] > 0 && same(places[from - 1] - 1, places[last] - 1)) {
      from--;
    }
    return from;
  }

  /// How many of the next places are so near that the two would overlap.
  private int nearer(int[] places, int index) {
    int next = index + 1;
    while (next < places.length && places[next] - places[index] < minimum) {
      next++;
    }
    return next - index - 1;
  }

  private void compare(int[] places, int index, int from) {
    int first = places[index];
    int[] lengths = places.length > MANY ? lengths(first, places[places.length - 1]) : NO_LENGTHS;
    for (int j = from; j < places.length; j++) {
      int second = places[j];
      if (first > 0 && same(first - 1, second - 1)) {
        continue;
      }
      int length = lengths.length > 0 ? lengths[second - first] : length(first, second);
      if (length >= minimum && first + length <= second) {
        report(first, second, length);
      }
    }
  }

  private int length(int first, int second) {
    int length = 0;
    while (same(first + length, second + length)) {
      length++;
    }
    return length;
  }

  /// How many tokens from each place on, up to the last, are those from the first place on: the
  /// Z-function (Gusfield 1997), in one pass however often they repeat.
  private int[] lengths(int first, int last) {
    var lengths = new int[last - first + 1];
    int from = 0;
    int to = 0;
    for (int i = 1; i < lengths.length; i++) {
      int length = i < to ? Math.min(to - i, lengths[i - from]) : 0;
      while (same(first + length, first + i + length)) {
        length++;
      }
      lengths[i] = length;
      if (i + length > to) {
        from = i;
        to = i + length;
      }
    }
    return lengths;
  }

  private boolean same(int left, int right) {
    return values[left] == values[right] && values[left] != END;
  }

  /// Adds a pair to the group that it belongs to.
  private void report(int first, int second, int length) {
    Set<Integer> known = partners.computeIfAbsent(first, _ -> new HashSet<>());
    if (known.contains(second)) {
      return;
    }
    int key = Math.min(first, known.stream().mapToInt(place -> place).min().orElse(first));
    List<Group> candidates = groups.computeIfAbsent(key, _ -> new ArrayList<>());
    Iterator<Group> iterator = candidates.iterator();
    while (iterator.hasNext()) {
      Group group = iterator.next();
      switch (relation(group, first, second, length)) {
        case INSIDE -> {
          return;
        }
        case AROUND -> iterator.remove();
        case SAME -> {
          group.places.forEach(place -> link(place, second));
          group.places.add(second);
          return;
        }
        case OTHER -> {}
      }
    }
    candidates.add(new Group(length, first, second));
    link(first, second);
  }

  /// How a pair that begins where a group does lies to it. The first of the group's other places
  /// that tells decides.
  private static Relation relation(Group group, int first, int second, int length) {
    for (int place : group.places) {
      if (place == first) {
        continue;
      }
      if (place < second && place + group.length >= second + length) {
        return Relation.INSIDE;
      }
      if (second < place && second + length >= place + group.length) {
        return Relation.AROUND;
      }
      if (length == group.length) {
        return Relation.SAME;
      }
    }
    return Relation.OTHER;
  }

  private void link(int first, int second) {
    partners.computeIfAbsent(first, _ -> new HashSet<>()).add(second);
    partners.computeIfAbsent(second, _ -> new HashSet<>()).add(first);
  }

  private enum Relation {
    INSIDE,
    AROUND,
    SAME,
    OTHER
  }

  /// The same tokens at several places.
  static final class Group {
    final int length;
    final TreeSet<Integer> places = new TreeSet<>();

    Group(int length, int first, int second) {
      this.length = length;
      places.add(first);
      places.add(second);
    }
  }
}
