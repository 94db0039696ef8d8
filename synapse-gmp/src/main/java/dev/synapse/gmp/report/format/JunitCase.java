package dev.synapse.gmp.report.format;

import java.util.Locale;
import java.util.Set;

/// A case of a JUnit XML file while it is open.
final class JunitCase {
  private static final Set<String> FAILED = Set.of("fail", "failed", "failure");
  private static final Set<String> NOT_RUN = Set.of("notrun", "disabled", "skipped");
  private static final Set<String> NO_RESULT = Set.of("suppressed", "skipped");

  /// How a case ended.
  enum Outcome {
    PASSED,
    FAILED,
    ERROR,
    SKIPPED
  }

  private final String name;
  private final String status;
  private final String result;
  private long failures;
  private long errors;
  private long skips;
  private long flaky;
  private long repeated;

  JunitCase(Attributes attributes, String suite) {
    name = Label.of(attributes.text("classname"), attributes.text("name"), suite);
    status = attributes.text("status").toLowerCase(Locale.ROOT);
    result = attributes.text("result").toLowerCase(Locale.ROOT);
  }

  /// Takes an element inside the case.
  void add(String element) {
    switch (element) {
      case "failure" -> failures++;
      case "error" -> errors++;
      case "skipped" -> skips++;
      case "flakyFailure", "flakyError" -> flaky++;
      case "rerunFailure", "rerunError" -> repeated++;
      default -> {}
    }
  }

  /// How it ended: what stands inside it goes before what its attributes say.
  Outcome outcome() {
    if (errors > 0) {
      return Outcome.ERROR;
    }
    if (failures > 0) {
      return Outcome.FAILED;
    }
    return skips > 0 ? Outcome.SKIPPED : written();
  }

  private Outcome written() {
    if (status.equals("error")) {
      return Outcome.ERROR;
    }
    if (FAILED.contains(status)) {
      return Outcome.FAILED;
    }
    return NOT_RUN.contains(status) || NO_RESULT.contains(result)
        ? Outcome.SKIPPED
        : Outcome.PASSED;
  }

  /// How often it ran without this deciding how it ended.
  long reruns() {
    return flaky + repeated;
  }

  /// How many failures and errors a suite may declare for it.
  long bad() {
    Outcome outcome = outcome();
    boolean isBad = outcome == Outcome.FAILED || outcome == Outcome.ERROR;
    return Math.max(isBad ? 1 : 0, failures + errors);
  }

  void tell(CaseSink sink) {
    switch (outcome()) {
      case PASSED -> sink.passed(name, flaky > 0);
      case FAILED -> sink.failed(name);
      case ERROR -> sink.broke(name);
      case SKIPPED -> sink.skipped(name);
    }
  }
}
