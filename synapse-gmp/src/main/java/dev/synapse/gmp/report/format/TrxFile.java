package dev.synapse.gmp.report.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads TRX of Visual Studio and `dotnet test` (namespace `TeamTest/2010`). Of a test with rows of
/// data only the rows count. The class of a test stands in the definitions, which follow the
/// results, so that names are told at the end.
final class TrxFile implements Elements {
  private static final Set<String> RESULTS =
      Set.of("UnitTestResult", "TestResult", "GenericTestResult", "WebTestResult");
  private static final String ALL = "all";
  private static final String PASSED = "passed";

  /// A case that did not pass.
  private record Bad(String test, String name, String outcome) {}

  private final CaseSink sink;
  private final Notes notes;
  private final OutcomeTotals totals = new OutcomeTotals();
  private final List<Bad> bad = new ArrayList<>();
  private final Map<String, String> classes = new HashMap<>();
  private final Set<String> wanted = new HashSet<>();
  private final List<Bad> open = new ArrayList<>();
  private String definition = "";
  private boolean hasRows;
  private boolean runFailed;

  TrxFile(CaseSink sink, Notes notes) {
    this.sink = sink;
    this.notes = notes;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    String name = path.getLast();
    if (RESULTS.contains(name)) {
      hasRows = false;
      open.add(
          new Bad(
              attributes.text("testId"), attributes.text("testName"), attributes.text("outcome")));
      return;
    }
    switch (name) {
      case "UnitTest" -> definition = attributes.text("id");
      case "TestMethod" -> {
        if (wanted.contains(definition)) {
          classes.put(definition, attributes.text("className"));
        }
      }
      case "ResultSummary" -> runFailed = isFailure(attributes.text("outcome"));
      case "Counters" -> {
        totals.declare(ALL, attributes, "total");
        totals.declare(PASSED, attributes, PASSED);
        totals.declare("failed", attributes, "failed");
      }
      default -> {}
    }
  }

  private static boolean isFailure(String outcome) {
    return switch (outcome) {
      case "Failed", "Error", "Timeout", "Aborted", "Disconnected", "PassedButRunAborted" -> true;
      default -> false;
    };
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    if (RESULTS.contains(path.getLast())) {
      Bad result = open.removeLast();
      if (!hasRows) {
        count(result);
      }
      hasRows = !open.isEmpty();
    } else if (path.size() == 1) {
      end();
    }
  }

  private void count(Bad result) throws DamagedReport {
    totals.count(ALL);
    switch (result.outcome()) {
      case "Passed" -> {
        totals.count(PASSED);
        sink.passed(result.name(), false);
      }
      case "Failed", "Error", "Timeout", "Aborted", "Disconnected", "PassedButRunAborted" -> {
        totals.count("failed");
        keep(result);
      }
      case "Inconclusive",
          "NotExecuted",
          "NotRunnable",
          "Warning",
          "Completed",
          "InProgress",
          "Pending",
          "" ->
          keep(result);
      default ->
          throw new DamagedReport(
              "outcome '%s' of a result".formatted(Label.cut(result.outcome())));
    }
  }

  private void keep(Bad result) {
    bad.add(result);
    wanted.add(result.test());
  }

  private void end() throws DamagedReport {
    boolean anyFailed = false;
    for (Bad result : bad) {
      anyFailed |= isFailure(result.outcome());
      tell(result, label(result));
    }
    if (runFailed && !anyFailed) {
      sink.broke("(test run)"); // it says that it failed, and no test of it did
    }
    totals.compare(notes, ALL, "failed");
  }

  private void tell(Bad result, String name) {
    if (result.outcome().equals("Failed")) {
      sink.failed(name);
    } else if (isFailure(result.outcome())) {
      sink.broke(name);
    } else {
      sink.skipped(name);
    }
  }

  private String label(Bad result) {
    String type = classes.getOrDefault(result.test(), "");
    return result.name().startsWith(type)
        ? Label.of("", result.name(), "")
        : Label.of(type, result.name(), "");
  }
}
