package dev.synapse.gmp;

import dev.synapse.gmp.analysis.LineSet;
import dev.synapse.gmp.change.PathMap;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.FileCoverage;
import dev.synapse.gmp.report.LineReport;
import dev.synapse.gmp.verdict.FileLines;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Joins what reports say of lines with the source files that they speak of.
final class LineJoin {
  private LineJoin() {}

  /// Each file once, by its path below the project's folder where it is known.
  static List<FileLines> files(LineReport report, List<String> sources) {
    PathMap map = new PathMap(sources);
    Map<String, FileCoverage> merged = new TreeMap<>();
    for (FileCoverage file : report.files()) {
      String path =
          file.source().or(() -> map.find(file.path(), file.module())).orElse(file.path());
      merged.merge(path, file, FileCoverage::merge);
    }
    return merged.entrySet().stream().map(each -> lines(each.getKey(), each.getValue())).toList();
  }

  private static FileLines lines(String path, FileCoverage file) {
    BitSet covered = new BitSet();
    BitSet missed = new BitSet();
    SortedMap<Integer, Covered> branches = new TreeMap<>();
    file.forEachLine(
        line -> {
          (line.covered() ? covered : missed).set(line.number());
          if (line.branches() > 0) {
            branches.put(
                line.number(),
                new Covered(line.branchesCovered(), line.branches() - line.branchesCovered()));
          }
        });
    return new FileLines(path, LineSet.of(covered), LineSet.of(missed), branches);
  }
}
