package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.analysis.LineSet;
import dev.synapse.gmp.report.Covered;
import java.util.BitSet;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which lines of a file tests ran.
///
/// @param path relative to the project's folder, where the file is known; else as the report has it
/// @param covered lines that ran
/// @param missed lines that did not
/// @param branches how many branches of a line tests took, for lines with branches
public record FileLines(
    String path, LineSet covered, LineSet missed, SortedMap<Integer, Covered> branches) {
  public FileLines {
    requireNonNull(path, "path");
    requireNonNull(covered, "covered");
    requireNonNull(missed, "missed");
    branches = Collections.unmodifiableSortedMap(new TreeMap<>(branches));
    if (!covered.and(missed).isEmpty()) {
      throw new IllegalArgumentException("'" + path + "' has lines that ran and did not");
    }
  }

  /// The lines of which it is known whether they ran.
  public LineSet known() {
    return covered.or(missed);
  }

  /// The lines that ran and of which a branch was not taken.
  public LineSet partly() {
    BitSet lines = new BitSet();
    for (Map.Entry<Integer, Covered> each : branches.entrySet()) {
      if (each.getValue().missed() > 0 && covered.contains(each.getKey())) {
        lines.set(each.getKey());
      }
    }
    return LineSet.of(lines);
  }
}
