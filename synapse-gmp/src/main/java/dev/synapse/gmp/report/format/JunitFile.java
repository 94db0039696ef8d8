package dev.synapse.gmp.report.format;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Counts the test cases of one JUnit XML file, as surefire, Gradle, pytest and others write it.
///
/// The cases that are there are counted; the totals that a suite declares are only compared, since
/// writers disagree on nested suites and repeated runs. A suite that declares more cases, or more
/// failures, than it holds is damaged, for what is missing would count as passed; unless it says
/// itself that it broke outside of its cases, which counts as one. A case that broke may be
/// declared twice: pytest does so when it ran well and broke when it was cleaned up. Any other
/// difference is a note.
public final class JunitFile implements Elements {
  private static final Set<String> FAILED = Set.of("fail", "failed", "failure");
  private static final Set<String> NOT_RUN = Set.of("notrun", "disabled", "skipped");
  private static final Set<String> NO_RESULT = Set.of("suppressed", "skipped");

  private enum Outcome {
    PASSED,
    FAILED,
    ERROR,
    SKIPPED
  }

  /// A suite that is open. Nested suites count into it when they close.
  private static final class Suite {
    final String name;
    final long declaredTests;
    final long declaredBad;
    final long declaredSkipped;
    long ownCases;
    long allCases;
    long ownReruns;
    long allReruns;
    long ownSkipped;
    long allSkipped;
    long allBad;
    long allBroken;
    long allErrored;

    Suite(Attributes attributes) throws DamagedReport {
      name = attributes.text("name");
      declaredTests = attributes.count("tests", -1);
      declaredBad = attributes.count("failures", 0) + attributes.count("errors", 0);
      declaredSkipped = attributes.count("skipped", -1);
    }
  }

  private final CaseSink sink;
  private final Notes notes;
  private final Deque<Suite> suites = new ArrayDeque<>();
  private String caseName = "";
  private String caseStatus = "";
  private String caseResult = "";
  private long failures;
  private long errors;
  private long skips;
  private long flaky;
  private long reruns;

  /// @param sink is told of each case
  /// @param notes takes what is odd
  public JunitFile(CaseSink sink, Notes notes) {
    this.sink = sink;
    this.notes = notes;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    String name = path.getLast();
    String parent = path.size() > 1 ? path.get(path.size() - 2) : "";
    if (path.size() == 1 && !isSuite(name)) {
      throw new DamagedReport("is not a JUnit report: its first element is <%s>".formatted(name));
    }
    if (isSuite(name)) {
      if (path.size() > 1 && !isSuite(parent)) {
        throw new DamagedReport("<%s> inside <%s>".formatted(name, parent));
      }
      suites.push(new Suite(attributes));
    } else if (name.equals("testcase")) {
      if (!isSuite(parent)) {
        throw new DamagedReport("<testcase> inside <%s>".formatted(parent));
      }
      beginCase(attributes);
    } else if (parent.equals("testcase")) {
      switch (name) {
        case "failure" -> failures++;
        case "error" -> errors++;
        case "skipped" -> skips++;
        case "flakyFailure", "flakyError" -> flaky++;
        case "rerunFailure", "rerunError" -> reruns++;
        default -> {}
      }
    } else if (isSuite(parent) && (name.equals("failure") || name.equals("error"))) {
      // A suite that broke outside of its cases: what it did not run must not look like a pass.
      suites.element().allBad++;
      suites.element().allBroken++;
      count(
          Label.of("", "", suites.element().name),
          name.equals("error") ? Outcome.ERROR : Outcome.FAILED,
          false);
    }
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    String name = path.getLast();
    if (name.equals("testcase")) {
      endCase();
    } else if (isSuite(name)) {
      endSuite();
    }
  }

  private static boolean isSuite(String name) {
    return name.equals("testsuite") || name.equals("testsuites");
  }

  private void beginCase(Attributes attributes) {
    caseName =
        Label.of(attributes.text("classname"), attributes.text("name"), suites.element().name);
    caseStatus = attributes.text("status").toLowerCase(Locale.ROOT);
    caseResult = attributes.text("result").toLowerCase(Locale.ROOT);
    failures = 0;
    errors = 0;
    skips = 0;
    flaky = 0;
    reruns = 0;
  }

  private Outcome outcome() {
    if (errors > 0) {
      return Outcome.ERROR;
    }
    if (failures > 0) {
      return Outcome.FAILED;
    }
    if (skips > 0) {
      return Outcome.SKIPPED;
    }
    if (caseStatus.equals("error")) {
      return Outcome.ERROR;
    }
    if (FAILED.contains(caseStatus)) {
      return Outcome.FAILED;
    }
    return NOT_RUN.contains(caseStatus) || NO_RESULT.contains(caseResult)
        ? Outcome.SKIPPED
        : Outcome.PASSED;
  }

  private void endCase() {
    Outcome outcome = outcome();
    Suite suite = suites.element();
    suite.ownCases++;
    suite.allCases++;
    suite.ownReruns += flaky + reruns;
    suite.allReruns += flaky + reruns;
    if (outcome == Outcome.SKIPPED) {
      suite.ownSkipped++;
      suite.allSkipped++;
    }
    suite.allErrored += outcome == Outcome.ERROR ? 1 : 0;
    boolean bad = outcome == Outcome.FAILED || outcome == Outcome.ERROR;
    suite.allBad += bad ? Math.max(1, failures + errors) : failures + errors;
    count(caseName, outcome, outcome == Outcome.PASSED && flaky > 0);
  }

  private void count(String name, Outcome outcome, boolean wasFlaky) {
    switch (outcome) {
      case PASSED -> sink.passed(name, wasFlaky);
      case FAILED -> sink.failed(name);
      case ERROR -> sink.broke(name);
      case SKIPPED -> sink.skipped(name);
    }
  }

  private void endSuite() throws DamagedReport {
    Suite suite = suites.pop();
    if (suite.declaredBad > suite.allBad + suite.allReruns) {
      throw new DamagedReport(
          "suite '%s' declares %d failures and errors but holds %d"
              .formatted(Label.cut(suite.name), suite.declaredBad, suite.allBad + suite.allReruns));
    }
    long tests = suite.declaredTests;
    if (tests > suite.allCases + suite.allReruns + suite.allErrored && suite.allBroken == 0) {
      throw new DamagedReport(
          "suite '%s' declares %d tests but holds %d"
              .formatted(Label.cut(suite.name), tests, suite.allCases));
    }
    if (tests >= 0
        && tests != suite.allCases
        && tests != suite.allCases + suite.allReruns
        && tests != suite.ownCases
        && tests != suite.ownCases + suite.ownReruns) {
      notes.add(
          "suite '%s' declares %d tests, holds %d"
              .formatted(Label.cut(suite.name), tests, suite.allCases));
    }
    long skipped = suite.declaredSkipped;
    if (skipped >= 0 && skipped != suite.allSkipped && skipped != suite.ownSkipped) {
      notes.add(
          "suite '%s' declares %d skipped tests, holds %d"
              .formatted(Label.cut(suite.name), skipped, suite.allSkipped));
    }
    Suite outer = suites.peek();
    if (outer != null) {
      outer.allCases += suite.allCases;
      outer.allReruns += suite.allReruns;
      outer.allSkipped += suite.allSkipped;
      outer.allBad += suite.allBad;
      outer.allBroken += suite.allBroken;
      outer.allErrored += suite.allErrored;
    }
  }
}
