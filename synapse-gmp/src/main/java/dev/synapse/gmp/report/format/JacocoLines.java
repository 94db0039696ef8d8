package dev.synapse.gmp.report.format;

import dev.synapse.gmp.report.format.CoverageSink.Total;
import java.util.List;

/// Reads the lines of a JaCoCo XML report. Its counters are those of whole files and packages; the
/// ones of the report itself are only compared.
final class JacocoLines implements Elements {
  private static final int OF_REPORT = 2;

  private final CoverageSink sink;
  private String packageName = "";

  JacocoLines(CoverageSink sink) {
    this.sink = sink;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    switch (path.getLast()) {
      case "group" -> sink.module(Label.cut(attributes.text("name")));
      case "package" -> packageName = attributes.text("name");
      case "sourcefile" -> sink.fileOfPackage(packageName, attributes.text("name"));
      case "line" -> line(attributes);
      case "counter" -> counter(path, attributes);
      default -> {}
    }
  }

  private void line(Attributes attributes) throws DamagedReport {
    long number = attributes.count("nr");
    sink.line(number, attributes.count("ci") > 0 ? 1 : 0);
    long taken = attributes.count("cb", 0);
    sink.branches(number, taken, taken + attributes.count("mb", 0));
  }

  private void counter(List<String> path, Attributes attributes) throws DamagedReport {
    Total total =
        switch (attributes.text("type")) {
          case "LINE" -> Total.LINES;
          case "BRANCH" -> Total.BRANCHES;
          default -> null;
        };
    if (total == null) {
      return;
    }
    long covered = attributes.count("covered");
    long all = covered + attributes.count("missed");
    if (path.size() == OF_REPORT) {
      sink.declaredOfAll(total, covered, all);
    } else if (path.get(path.size() - 2).equals("sourcefile")) {
      sink.declaredOfFile(total, covered, all);
    }
  }

  @Override
  public void closed(List<String> path) {}
}
