package dev.synapse.gmp.report.format;

import dev.synapse.gmp.report.format.CoverageSink.Total;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads Cobertura XML (`coverage-04.dtd`) as Cobertura, coverage.py, gcovr, tarpaulin, coverlet
/// and Istanbul write it. The rates are not read, and the totals of the whole are only compared.
///
/// Lines stand below a class, and again below its methods: those of the class count. Istanbul lists
/// below a method the line that declares it, which is no line of the class; some gcovr list lines
/// below methods alone. So the lines of methods count in a class that has no others.
final class CoberturaFile implements Elements {
  private static final Pattern CONDITIONS = Pattern.compile("\\((\\d+)/(\\d+)\\)");

  /// A line below a method, until it is known whether the class has lines of its own.
  private record Line(long number, long hits, String conditions) {}

  private final CoverageSink sink;
  private final List<Line> ofMethods = new ArrayList<>();
  private boolean hasOwnLines;
  private final TextOf text = new TextOf("source");
  private String packageName = "";

  CoberturaFile(CoverageSink sink) {
    this.sink = sink;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    text.opened(path);
    switch (path.getLast()) {
      case "coverage" -> totals(attributes);
      case "package" -> packageName = attributes.text("name");
      case "class" -> beginClass(attributes);
      case "line" -> line(path.contains("method"), attributes);
      default -> {}
    }
  }

  private void totals(Attributes attributes) throws DamagedReport {
    if (attributes.has("lines-valid") && attributes.has("lines-covered")) {
      sink.declaredOfAll(
          Total.LINES, attributes.count("lines-covered"), attributes.count("lines-valid"));
    }
    if (attributes.has("branches-valid") && attributes.has("branches-covered")) {
      sink.declaredOfAll(
          Total.BRANCHES, attributes.count("branches-covered"), attributes.count("branches-valid"));
    }
  }

  private void beginClass(Attributes attributes) throws DamagedReport {
    String name = attributes.text("filename");
    if (name.isEmpty()) {
      throw new DamagedReport("<class> without 'filename'");
    }
    sink.file(packageName, name);
    ofMethods.clear();
    hasOwnLines = false;
  }

  private void line(boolean ofMethod, Attributes attributes) throws DamagedReport {
    var line =
        new Line(
            attributes.count("number"),
            attributes.count("hits"),
            attributes.text("condition-coverage"));
    if (ofMethod) {
      ofMethods.add(line);
    } else {
      hasOwnLines = true;
      tell(line);
    }
  }

  private void tell(Line line) throws DamagedReport {
    long number = line.number();
    sink.line(number, line.hits());
    Matcher conditions = CONDITIONS.matcher(line.conditions());
    if (conditions.find()) {
      sink.branches(
          number,
          Numbers.count("condition-coverage", conditions.group(1)),
          Numbers.count("condition-coverage", conditions.group(2)));
    }
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    if (path.getLast().equals("class")) {
      endClass();
    }
    String root = text.closed(path);
    if (!root.isEmpty()) {
      sink.root(root);
    }
  }

  private void endClass() throws DamagedReport {
    if (!hasOwnLines) {
      for (Line line : ofMethods) {
        tell(line);
      }
    }
  }

  @Override
  public boolean readsText() {
    return text.isOpen();
  }

  @Override
  public void text(List<String> path, String piece) throws DamagedReport {
    text.add(piece);
  }
}
