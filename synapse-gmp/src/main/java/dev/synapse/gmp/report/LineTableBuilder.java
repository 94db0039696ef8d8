package dev.synapse.gmp.report;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Takes the lines of one file in any order, and any of them several times.
final class LineTableBuilder {
  private static final int FIRST_SIZE = 64;
  private static final long LOW = 0xFFFF_FFFFL;

  /// Branches of one line: how many were taken of how many, and which, if that is known.
  private record Branches(int taken, int total, long bits) {
    Branches {
      if (taken == total) {
        bits = BranchTable.allBits(total);
      }
      if (Long.bitCount(bits) != taken) {
        bits = 0;
      }
    }

    private boolean toldApart() {
      return Long.bitCount(bits) == taken;
    }

    Branches merge(Branches other) {
      int most = Math.max(taken, other.taken);
      if (total != other.total) {
        Branches larger = total > other.total ? this : other;
        return new Branches(most, larger.total, larger.bits);
      }
      if (toldApart() && other.toldApart()) {
        long both = bits | other.bits;
        return new Branches(Long.bitCount(both), total, both);
      }
      return new Branches(most, total, bitsOf(most) | other.bitsOf(most));
    }

    private long bitsOf(int most) {
      return taken == most ? bits : 0;
    }
  }

  /// A line in the upper half, its hits in the lower, so that sorting sorts by line.
  private long[] lines = new long[FIRST_SIZE];

  private int size;
  private final Map<Integer, Branches> branches = new TreeMap<>();
  private final Map<Integer, Map<String, Boolean>> named = new HashMap<>();

  /// @param number from 1
  void line(int number, int hits) {
    if (size == lines.length) {
      lines = Arrays.copyOf(lines, size * 2);
    }
    lines[size++] = (long) number << Integer.SIZE | hits;
  }

  /// The branches of a line by their count.
  void branches(int line, int taken, int total) {
    branches(line, taken, total, 0);
  }

  /// @param bits which were taken, or 0 if that is not known
  void branches(int line, int taken, int total, long bits) {
    if (total > 0) {
      branches.merge(line, new Branches(taken, total, bits), Branches::merge);
    }
  }

  /// One branch of a line, told apart from its others by a name.
  void branch(int line, String branch, boolean taken) {
    named.computeIfAbsent(line, _ -> new TreeMap<>()).merge(branch, taken, Boolean::logicalOr);
  }

  LineTable build() {
    long[] sorted = Arrays.copyOf(lines, size);
    Arrays.sort(sorted);
    int[] numbers = new int[size];
    int[] hits = new int[size];
    int count = 0;
    for (long line : sorted) {
      int number = (int) (line >>> Integer.SIZE);
      if (count == 0 || numbers[count - 1] != number) {
        count++;
      }
      numbers[count - 1] = number;
      hits[count - 1] = (int) (line & LOW); // the last of a line has the most hits
    }
    return new LineTable(Arrays.copyOf(numbers, count), Arrays.copyOf(hits, count), branchTable());
  }

  BranchTable branchTable() {
    named.forEach(this::countNamed);
    named.clear();
    if (branches.isEmpty()) {
      return BranchTable.EMPTY;
    }
    int[] numbers = new int[branches.size()];
    int[] totals = new int[numbers.length];
    int[] takens = new int[numbers.length];
    long[] bits = new long[numbers.length];
    int i = 0;
    for (Map.Entry<Integer, Branches> entry : branches.entrySet()) {
      numbers[i] = entry.getKey();
      totals[i] = entry.getValue().total();
      takens[i] = entry.getValue().taken();
      bits[i++] = entry.getValue().bits();
    }
    return new BranchTable(numbers, totals, takens, bits);
  }

  private void countNamed(int line, Map<String, Boolean> outcomes) {
    long bits = 0;
    int taken = 0;
    int index = 0;
    for (boolean wasTaken : outcomes.values()) {
      if (wasTaken) {
        taken++;
        bits |= index < Long.SIZE ? 1L << index : 0;
      }
      index++;
    }
    branches(line, taken, outcomes.size(), index <= Long.SIZE ? bits : 0);
  }
}
