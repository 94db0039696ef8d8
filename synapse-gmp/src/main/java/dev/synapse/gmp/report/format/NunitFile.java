package dev.synapse.gmp.report.format;

import java.util.List;
import java.util.Locale;

/// Reads NUnit 3 (`<test-run>`) and NUnit 2 (`<test-results>`). Only cases count, not the suites
/// around them. What is inconclusive, or only warned, is no pass: NUnit counts neither among those.
final class NunitFile implements Elements {
  private static final String ALL = "all";
  private static final String FAILED = "failed";

  private final CaseSink sink;
  private final Notes notes;
  private final OutcomeTotals totals = new OutcomeTotals();

  NunitFile(CaseSink sink, Notes notes) {
    this.sink = sink;
    this.notes = notes;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    switch (path.getLast()) {
      case "test-run" -> {
        totals.declare(ALL, attributes, "total");
        totals.declare(FAILED, attributes, FAILED);
        totals.declare("passed", attributes, "passed");
      }
      case "test-results" -> {
        totals.declare(ALL, attributes, "total");
        totals.declare(ALL, attributes, "not-run");
        totals.declare(FAILED, attributes, "errors");
        totals.declare(FAILED, attributes, "failures");
      }
      case "test-case" -> testCase(attributes);
      default -> {}
    }
  }

  private void testCase(Attributes attributes) throws DamagedReport {
    String full =
        attributes.has("fullname") ? attributes.text("fullname") : attributes.text("name");
    String name = Label.of("", full, "");
    totals.count(ALL);
    String label = attributes.text("label").toLowerCase(Locale.ROOT);
    switch (attributes.text("result").toLowerCase(Locale.ROOT)) {
      case "passed", "success" -> {
        totals.count("passed");
        sink.passed(name, false);
      }
      case "failed", "failure" -> {
        totals.count(FAILED);
        if (label.isEmpty()) {
          sink.failed(name);
        } else {
          sink.broke(name); // Error, Cancelled, Invalid
        }
      }
      case "notrunnable" -> sink.broke(name); // NUnit 2 counts it as not run
      case "error", "cancelled" -> {
        totals.count(FAILED);
        sink.broke(name);
      }
      case "skipped", "ignored", "inconclusive", "warning", "" -> sink.skipped(name);
      default ->
          throw new DamagedReport(
              "result '%s' of a <test-case>".formatted(Label.cut(attributes.text("result"))));
    }
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    if (path.size() == 1) {
      totals.compare(notes, ALL, FAILED);
    }
  }
}
