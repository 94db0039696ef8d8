package dev.synapse.gmp.report.format;

import dev.synapse.gmp.report.format.CoverageSink.Total;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/// Reads the JSON report of coverage.py (`coverage json`), format 2 and 3.
///
/// `executed_lines` holds more than statements: also lines that were excluded, and the text that
/// documents a module. What was excluded does not count here; a difference to the file's own
/// summary that stays is a note.
final class CoveragePyFile {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_TEXT = 1 << 20;
  private static final int MAX_LINE = 1 << 24;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(MAX_TEXT)
                  .maxNameLength(MAX_TEXT)
                  .build())
          .build();

  private final CoverageSink sink;
  private final JsonParser json;

  private CoveragePyFile(CoverageSink sink, JsonParser json) {
    this.sink = sink;
    this.json = json;
  }

  static void read(Path file, CoverageSink sink) throws DamagedReport, IOException {
    try (var in = Files.newInputStream(file);
        JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), in)) {
      new CoveragePyFile(sink, json).report();
    } catch (JacksonException e) {
      throw new DamagedReport("%sis cut off or not JSON".formatted(place(e.getLocation())));
    }
  }

  private static String place(@Nullable TokenStreamLocation location) {
    return location == null ? "" : "line %d: ".formatted(Math.max(1, location.getLineNr()));
  }

  private void report() throws DamagedReport {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw notCoveragePy();
    }
    boolean any = false;
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "files" -> {
          files();
          any = true;
        }
        case "totals" -> new Summary(longs()).declare(sink::declaredOfAll);
        default -> json.skipChildren();
      }
    }
    if (!any || json.nextToken() != null) {
      throw notCoveragePy();
    }
  }

  private static DamagedReport notCoveragePy() {
    return new DamagedReport("is JSON, but not of coverage.py: no object with 'files'");
  }

  private void files() throws DamagedReport {
    require(JsonToken.START_OBJECT, "'files'");
    for (String path = json.nextName(); path != null; path = json.nextName()) {
      json.nextToken();
      require(JsonToken.START_OBJECT, "a file");
      sink.file("", path);
      file();
    }
  }

  private void file() throws DamagedReport {
    Map<String, BitSet> lines = new HashMap<>();
    Map<String, Set<Arc>> arcs = new HashMap<>();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      json.nextToken();
      switch (name) {
        case "executed_lines", "missing_lines", "excluded_lines" -> lines.put(name, lineNumbers());
        case "executed_branches", "missing_branches" -> arcs.put(name, arcs());
        case "summary" -> new Summary(longs()).declare(sink::declaredOfFile);
        default -> json.skipChildren();
      }
    }
    tellLines(lines);
    tellArcs(arcs.getOrDefault("executed_branches", Set.of()), true);
    tellArcs(arcs.getOrDefault("missing_branches", Set.of()), false);
  }

  private void tellLines(Map<String, BitSet> lines) throws DamagedReport {
    BitSet executed = lines.get("executed_lines");
    BitSet missing = lines.get("missing_lines");
    if (executed == null || missing == null) {
      throw new DamagedReport("a file without 'executed_lines' and 'missing_lines'");
    }
    executed.andNot(lines.getOrDefault("excluded_lines", new BitSet()));
    tell(executed, 1);
    tell(missing, 0);
  }

  private void tell(BitSet lines, int hits) throws DamagedReport {
    for (int line = lines.nextSetBit(0); line >= 0; line = lines.nextSetBit(line + 1)) {
      sink.line(line, hits);
    }
  }

  private void tellArcs(Set<Arc> arcs, boolean taken) throws DamagedReport {
    for (Arc arc : arcs) {
      sink.branch(arc.from(), String.valueOf(arc.to()), taken);
    }
  }

  private BitSet lineNumbers() throws DamagedReport {
    require(JsonToken.START_ARRAY, "a list of lines");
    var lines = new BitSet();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      lines.set(number(0));
    }
    return lines;
  }

  /// Pairs of a line and the one that follows, which is negative at the end of a function.
  private Set<Arc> arcs() throws DamagedReport {
    require(JsonToken.START_ARRAY, "a list of branches");
    Set<Arc> arcs = new HashSet<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(JsonToken.START_ARRAY, "a branch");
      json.nextToken();
      int from = Math.max(0, number(-MAX_LINE));
      json.nextToken();
      arcs.add(new Arc(from, number(-MAX_LINE)));
      json.nextToken();
      require(JsonToken.END_ARRAY, "a branch");
    }
    return arcs;
  }

  private Map<String, Long> longs() throws DamagedReport {
    require(JsonToken.START_OBJECT, "a summary");
    Map<String, Long> values = new HashMap<>();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      if (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        values.put(name, json.getLongValue());
      } else {
        json.skipChildren();
      }
    }
    return values;
  }

  private int number(int least) throws DamagedReport {
    require(JsonToken.VALUE_NUMBER_INT, "a line");
    long value = json.getLongValue();
    if (value < least || value > MAX_LINE) {
      throw new DamagedReport("line number %d".formatted(value));
    }
    return (int) value;
  }

  private void require(JsonToken token, String what) throws DamagedReport {
    if (json.currentToken() != token) {
      throw new DamagedReport(
          "line %d: %s is not what coverage.py writes"
              .formatted(json.currentLocation().getLineNr(), what));
    }
  }

  /// A branch: from a line to the one that follows.
  private record Arc(int from, int to) {}

  /// Takes one declared total.
  private interface Declared {
    void of(Total total, long covered, long all);
  }

  /// What coverage.py says of a file, or of all.
  private record Summary(Map<String, Long> values) {
    void declare(Declared declared) {
      declare(declared, Total.LINES, "covered_lines", "num_statements");
      declare(declared, Total.BRANCHES, "covered_branches", "num_branches");
    }

    private void declare(Declared declared, Total total, String covered, String all) {
      Long part = values.get(covered);
      Long whole = values.get(all);
      if (part != null && whole != null) {
        declared.of(total, part, whole);
      }
    }
  }
}
