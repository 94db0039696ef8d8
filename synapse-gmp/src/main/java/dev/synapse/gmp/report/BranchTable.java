package dev.synapse.gmp.report;

import java.util.Arrays;

/// The lines of one file that have branches, sorted by number, each once.
///
/// Where a report says which branch was taken, and a line has no more than 64, a bit stands for
/// each, in the order of the report. The bits are known when as many are set as branches were
/// taken.
final class BranchTable {
  static final BranchTable EMPTY = new BranchTable(new int[0], new int[0], new int[0], new long[0]);

  private final int[] lines;
  private final int[] totals;
  private final int[] takens;
  private final long[] bits;

  /// @param lines sorted, each once; kept, not copied, as are the others
  BranchTable(int[] lines, int[] totals, int[] takens, long[] bits) {
    this.lines = lines;
    this.totals = totals;
    this.takens = takens;
    this.bits = bits;
  }

  /// A bit for each of so many branches; none when they are too many.
  static long allBits(int total) {
    return total == 0 || total > Long.SIZE ? 0 : -1L >>> (Long.SIZE - total);
  }

  int size() {
    return lines.length;
  }

  /// The index of a line, or a negative number.
  int find(int line) {
    return Arrays.binarySearch(lines, line);
  }

  int total(int index) {
    return totals[index];
  }

  int taken(int index) {
    return takens[index];
  }

  Covered covered() {
    long covered = 0;
    long all = 0;
    for (int i = 0; i < size(); i++) {
      covered += takens[i];
      all += totals[i];
    }
    return new Covered(covered, all - covered);
  }

  BranchTable merge(BranchTable other) {
    if (other.size() == 0 || size() == 0) {
      return size() == 0 ? other : this;
    }
    var merged = new LineTableBuilder();
    for (int i = 0; i < size(); i++) {
      merged.branches(lines[i], takens[i], totals[i], bits[i]);
    }
    for (int i = 0; i < other.size(); i++) {
      merged.branches(other.lines[i], other.takens[i], other.totals[i], other.bits[i]);
    }
    return merged.branchTable();
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof BranchTable other
        && Arrays.equals(lines, other.lines)
        && Arrays.equals(totals, other.totals)
        && Arrays.equals(takens, other.takens)
        && Arrays.equals(bits, other.bits);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(totals);
  }
}
