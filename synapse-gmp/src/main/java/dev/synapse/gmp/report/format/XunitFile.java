package dev.synapse.gmp.report.format;

import java.util.List;

/// Reads xUnit v2 XML, of xUnit.net 2 and 3. Errors outside of the tests, such as a fixture that
/// broke when it was cleaned up, count as broken.
final class XunitFile implements Elements {
  private static final String ALL = "all";
  private static final String FAILED = "failed";

  private final CaseSink sink;
  private final Notes notes;
  private final OutcomeTotals totals = new OutcomeTotals();

  XunitFile(CaseSink sink, Notes notes) {
    this.sink = sink;
    this.notes = notes;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    String name = path.getLast();
    switch (name) {
      case "assembly" -> {
        totals.declare(ALL, attributes, "total");
        totals.declare(FAILED, attributes, FAILED);
        totals.declare("passed", attributes, "passed");
        totals.declare("skipped", attributes, "skipped");
      }
      case "test" -> test(attributes);
      case "error" -> sink.broke(Label.of(attributes.text("type"), attributes.text("name"), name));
      default -> {}
    }
  }

  private void test(Attributes attributes) throws DamagedReport {
    String name = Label.of("", attributes.text("name"), "");
    totals.count(ALL);
    switch (attributes.text("result")) {
      case "Pass" -> {
        totals.count("passed");
        sink.passed(name, false);
      }
      case "Fail" -> {
        totals.count(FAILED);
        sink.failed(name);
      }
      case "Skip" -> {
        totals.count("skipped");
        sink.skipped(name);
      }
      case "NotRun" -> sink.skipped(name);
      default ->
          throw new DamagedReport(
              "result '%s' of a <test>".formatted(Label.cut(attributes.text("result"))));
    }
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    if (path.size() == 1) {
      totals.compare(notes, ALL, FAILED);
    }
  }
}
