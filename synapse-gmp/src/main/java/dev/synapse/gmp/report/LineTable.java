package dev.synapse.gmp.report;

import java.util.Arrays;
import java.util.Optional;

/// The measured lines of one file, sorted by number, each once. Eight bytes a line, and twenty for
/// one that has branches, since a large report has millions.
final class LineTable {
  static final LineTable EMPTY = new LineTable(new int[0], new int[0], BranchTable.EMPTY);

  private final int[] numbers;
  private final int[] hits;
  private final BranchTable branches;

  /// @param numbers sorted, each once; kept, not copied
  /// @param hits as many
  LineTable(int[] numbers, int[] hits, BranchTable branches) {
    this.numbers = numbers;
    this.hits = hits;
    this.branches = branches;
  }

  int size() {
    return numbers.length;
  }

  LineCoverage get(int index) {
    int number = numbers[index];
    int at = branches.find(number);
    return at < 0
        ? new LineCoverage(number, hits[index], 0, 0)
        : new LineCoverage(number, hits[index], branches.taken(at), branches.total(at));
  }

  Optional<LineCoverage> find(int number) {
    int at = Arrays.binarySearch(numbers, number);
    return at < 0 ? Optional.empty() : Optional.of(get(at));
  }

  Covered covered() {
    int covered = 0;
    for (int hit : hits) {
      covered += hit > 0 ? 1 : 0;
    }
    return new Covered(covered, numbers.length - covered);
  }

  Covered branches() {
    return branches.covered();
  }

  boolean sameNumbers(LineTable other) {
    return Arrays.equals(numbers, other.numbers);
  }

  LineTable merge(LineTable other) {
    int[] mergedNumbers = new int[size() + other.size()];
    int[] mergedHits = new int[mergedNumbers.length];
    int count = 0;
    for (int i = 0, j = 0; i < size() || j < other.size(); count++) {
      long mine = numberOrEnd(i);
      long its = other.numberOrEnd(j);
      mergedNumbers[count] = (int) Math.min(mine, its);
      if (mine <= its) {
        mergedHits[count] = hits[i++];
      }
      if (its <= mine) {
        mergedHits[count] = Math.max(mergedHits[count], other.hits[j++]);
      }
    }
    return new LineTable(
        Arrays.copyOf(mergedNumbers, count),
        Arrays.copyOf(mergedHits, count),
        branches.merge(other.branches));
  }

  /// The number of a line; after the last, one that is larger than any.
  private long numberOrEnd(int index) {
    return index < numbers.length ? numbers[index] : Long.MAX_VALUE;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof LineTable other
        && Arrays.equals(numbers, other.numbers)
        && Arrays.equals(hits, other.hits)
        && branches.equals(other.branches);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(numbers);
  }
}
