package dev.synapse.gmp.report;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Blocks of statements of one file, in formats that count these: sorted by where they stand, each
/// once.
final class StatementTable {
  static final StatementTable EMPTY = new StatementTable(new TreeMap<>());

  private final String[] blocks;
  private final int[] sizes;
  private final boolean[] ran;

  /// One block, while it is read.
  record Block(int size, boolean ran) {
    Block merge(Block other) {
      return new Block(Math.max(size, other.size), ran || other.ran);
    }
  }

  /// @param found blocks by where they stand
  StatementTable(SortedMap<String, Block> found) {
    blocks = new String[found.size()];
    sizes = new int[blocks.length];
    ran = new boolean[blocks.length];
    int i = 0;
    for (Map.Entry<String, Block> entry : found.entrySet()) {
      blocks[i] = entry.getKey();
      sizes[i] = entry.getValue().size();
      ran[i++] = entry.getValue().ran();
    }
  }

  Covered covered() {
    long covered = 0;
    long all = 0;
    for (int i = 0; i < blocks.length; i++) {
      covered += ran[i] ? sizes[i] : 0;
      all += sizes[i];
    }
    return new Covered(covered, all - covered);
  }

  StatementTable merge(StatementTable other) {
    if (other.blocks.length == 0 || blocks.length == 0) {
      return blocks.length == 0 ? other : this;
    }
    var found = new TreeMap<String, Block>();
    collect(found);
    other.collect(found);
    return new StatementTable(found);
  }

  private void collect(SortedMap<String, Block> found) {
    for (int i = 0; i < blocks.length; i++) {
      found.merge(blocks[i], new Block(sizes[i], ran[i]), Block::merge);
    }
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof StatementTable other
        && Arrays.equals(blocks, other.blocks)
        && Arrays.equals(sizes, other.sizes)
        && Arrays.equals(ran, other.ran);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(blocks);
  }
}
