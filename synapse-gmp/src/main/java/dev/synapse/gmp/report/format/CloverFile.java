package dev.synapse.gmp.report.format;

import dev.synapse.gmp.report.format.CoverageSink.Total;
import java.util.List;

/// Reads Clover XML as OpenClover, PHPUnit and Istanbul write it: lines of type `stmt` and `cond`.
/// Those of type `method` are declarations and left out, as PHPUnit leaves them out of its own
/// lines.
///
/// Of a condition, Clover says how often it was true and how often false: two branches. Istanbul,
/// which calls itself Clover 3.2.0, gives in the same places how many branches were taken and how
/// many not.
final class CloverFile implements Elements {
  private static final String ISTANBUL = "3.2.0";
  private static final int OF_PROJECT = 3;

  /// What holds the code of the tests, which is no part of what they cover.
  private static final String OF_TESTS = "testproject";

  private static final int BRANCHES_OF_CONDITION = 2;

  private final CoverageSink sink;
  private String packageName = "";
  private boolean istanbul;

  CloverFile(CoverageSink sink) {
    this.sink = sink;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    if (path.contains(OF_TESTS)) {
      return;
    }
    switch (path.getLast()) {
      case "coverage" -> istanbul = attributes.text("clover").equals(ISTANBUL);
      case "package" -> packageName = attributes.text("name");
      case "file" -> beginFile(attributes);
      case "line" -> line(attributes);
      case "metrics" -> metrics(path, attributes);
      default -> {}
    }
  }

  private void metrics(List<String> path, Attributes attributes) throws DamagedReport {
    if (path.size() == OF_PROJECT && attributes.has("conditionals")) {
      sink.declaredOfAll(
          Total.BRANCHES,
          attributes.count("coveredconditionals"),
          attributes.count("conditionals"));
    }
  }

  private void beginFile(Attributes attributes) throws DamagedReport {
    String path = attributes.has("path") ? attributes.text("path") : attributes.text("name");
    if (path.isEmpty()) {
      throw new DamagedReport("<file> without 'path' and 'name'");
    }
    sink.file(packageName, path);
  }

  private void line(Attributes attributes) throws DamagedReport {
    String type = attributes.text("type");
    if (type.equals("method")) {
      return;
    }
    long number = attributes.count("num");
    boolean condition = type.equals("cond");
    long wasTrue = attributes.count("truecount", 0);
    long wasFalse = attributes.count("falsecount", 0);
    if (!condition) {
      sink.line(number, attributes.count("count"));
    } else if (istanbul) {
      sink.line(number, attributes.count("count"));
      sink.branches(number, wasTrue, wasTrue + wasFalse);
    } else {
      sink.line(number, attributes.count("count", wasTrue + wasFalse));
      long taken = Math.min(wasTrue, 1) + Math.min(wasFalse, 1);
      sink.branches(number, taken, BRANCHES_OF_CONDITION);
    }
  }

  @Override
  public void closed(List<String> path) {
    if (path.getLast().equals("package")) {
      packageName = "";
    }
  }
}
