package dev.synapse.gmp.report;

/// How test cases ended.
///
/// @param passed those that passed, in the end
/// @param failed those with an assertion that did not hold
/// @param errors those that broke otherwise
/// @param skipped those that did not run
/// @param flaky those of the passed that failed first
public record TestCounts(long passed, long failed, long errors, long skipped, long flaky) {
  static final TestCounts NONE = new TestCounts(0, 0, 0, 0, 0);

  public TestCounts {
    if (passed < 0 || failed < 0 || errors < 0 || skipped < 0 || flaky < 0) {
      throw new IllegalArgumentException("negative count");
    }
    if (flaky > passed) {
      throw new IllegalArgumentException("more flaky tests than passed ones");
    }
  }

  /// The cases that ran: skipped ones are not among them.
  public long executed() {
    return passed + failed + errors;
  }

  TestCounts plus(TestCounts other) {
    return new TestCounts(
        passed + other.passed,
        failed + other.failed,
        errors + other.errors,
        skipped + other.skipped,
        flaky + other.flaky);
  }
}
