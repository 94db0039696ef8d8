package dev.synapse.gmp.verdict;

import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.report.TestReport;
import java.util.ArrayList;
import java.util.List;

/// What the reader of a report is to know besides its figures.
final class ReportNotes {
  private ReportNotes() {}

  static List<String> of(QualityReport report) {
    List<String> notes = new ArrayList<>();
    report
        .tests()
        .map(TestReport::counts)
        .ifPresent(
            tests -> {
              if (tests.executed() == 0) {
                notes.add("no test was executed");
              }
              addCount(notes, tests.skipped(), "skipped");
              addCount(notes, tests.flaky(), "passed only when run again");
            });
    notes.addAll(report.notes());
    return notes;
  }

  private static void addCount(List<String> notes, long count, String what) {
    if (count > 0) {
      notes.add("%d %s %s".formatted(count, count == 1 ? "test" : "tests", what));
    }
  }
}
