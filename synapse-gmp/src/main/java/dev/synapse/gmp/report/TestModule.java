package dev.synapse.gmp.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Function;

/// The tests of one module.
///
/// @param failures names of the cases that failed or broke, sorted by bytes
/// @param skippedTests names of the cases that did not run, sorted by bytes
public record TestModule(
    String name, TestCounts counts, List<String> failures, List<String> skippedTests) {
  public TestModule {
    requireNonNull(name, "name");
    failures = ByteOrder.sorted(failures, Function.identity());
    skippedTests = ByteOrder.sorted(skippedTests, Function.identity());
    if (failures.size() != counts.failed() + counts.errors()) {
      throw new IllegalArgumentException(
          "module '%s' counts %d failures but names %d"
              .formatted(name, counts.failed() + counts.errors(), failures.size()));
    }
    if (skippedTests.size() != counts.skipped()) {
      throw new IllegalArgumentException(
          "module '%s' counts %d skipped tests but names %d"
              .formatted(name, counts.skipped(), skippedTests.size()));
    }
  }
}
