package dev.synapse.gmp.report;

import dev.synapse.gmp.report.format.CaseSink;
import java.util.ArrayList;
import java.util.List;

/// Counts the test cases of one module.
final class TestTally implements CaseSink {
  private long passed;
  private long flaky;
  private long failed;
  private long errors;
  private final List<String> failures = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  @Override
  public void passed(String name, boolean wasFlaky) {
    passed++;
    flaky += wasFlaky ? 1 : 0;
  }

  @Override
  public void failed(String name) {
    failed++;
    failures.add(name);
  }

  @Override
  public void broke(String name) {
    errors++;
    failures.add(name);
  }

  @Override
  public void skipped(String name) {
    skipped.add(name);
  }

  boolean isEmpty() {
    return passed == 0 && failures.isEmpty() && skipped.isEmpty();
  }

  TestModule module(String name) {
    TestCounts counts = new TestCounts(passed, failed, errors, skipped.size(), flaky);
    return new TestModule(name, counts, failures, skipped);
  }
}
