package dev.synapse.gmp.report;

import java.nio.file.Path;
import java.util.List;

/// Which report files to read, and what they need beside them. An empty list means that this kind
/// is not measured.
///
/// @param tests test results, in any format that [Reports] knows
/// @param coverage coverage of lines, likewise
/// @param mutations results of a mutation tester
/// @param classes folders or jars of the classes that JaCoCo's `.exec` files speak of; no other
///   format needs them
public record ReportPaths(
    List<Path> tests, List<Path> coverage, List<Path> mutations, List<Path> classes) {
  public ReportPaths {
    tests = List.copyOf(tests);
    coverage = List.copyOf(coverage);
    mutations = List.copyOf(mutations);
    classes = List.copyOf(classes);
  }
}
