package dev.synapse.gmp.report;

import java.util.List;

/// The tests of a whole build.
///
/// @param files how many report files were read
/// @param modules sorted by the bytes of their names, each name once
public record TestReport(long files, List<TestModule> modules) {
  public TestReport {
    if (files < 0) {
      throw new IllegalArgumentException("negative count of files");
    }
    modules = ByteOrder.sorted(modules, TestModule::name);
    ByteOrder.requireDistinct(modules, TestModule::name);
  }

  /// The cases of all modules.
  public TestCounts counts() {
    return modules.stream().map(TestModule::counts).reduce(TestCounts.NONE, TestCounts::plus);
  }
}
