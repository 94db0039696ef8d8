package dev.synapse.gmp.report;

/// What tests did with one line of a source file.
///
/// @param number the line, from 1
/// @param hits how often it ran, at least: 1 where a format only says that it ran
/// @param branchesCovered how many of its branches were taken
/// @param branches how many it has; none where a report has no data of branches
public record LineCoverage(int number, int hits, int branchesCovered, int branches) {
  public LineCoverage {
    if (number < 1 || hits < 0 || branchesCovered < 0 || branchesCovered > branches) {
      throw new IllegalArgumentException(
          "line %d: %d hits, %d of %d branches".formatted(number, hits, branchesCovered, branches));
    }
  }

  /// Whether it ran at all.
  public boolean covered() {
    return hits > 0;
  }

  /// Whether it ran, and a branch of it was not taken.
  public boolean partly() {
    return covered() && branchesCovered < branches;
  }
}
