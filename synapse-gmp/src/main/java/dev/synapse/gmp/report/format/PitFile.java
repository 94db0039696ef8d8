package dev.synapse.gmp.report.format;

import dev.synapse.gmp.report.format.MutationSink.MutantFields;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads `mutations.xml` of PIT. What counts as detected, PIT says itself: killed, timed out, out
/// of memory, not viable, or broken while it ran.
final class PitFile implements Elements {
  private static final int FIELD_DEPTH = 3;
  private static final int BLOCKS_DEPTH = 4;

  private final MutationSink sink;
  private final TextOf text =
      new TextOf(
          "sourceFile",
          "mutatedClass",
          "mutatedMethod",
          "methodDescription",
          "lineNumber",
          "mutator",
          "index");
  private final Map<String, String> fields = new HashMap<>();
  private final Map<String, String> pool = new HashMap<>();
  private boolean detected;
  private String status = "";

  PitFile(MutationSink sink) {
    this.sink = sink;
  }

  @Override
  public void opened(List<String> path, Attributes attributes) throws DamagedReport {
    text.opened(path);
    if (path.getLast().equals("mutation")) {
      fields.clear();
      status = pooled(attributes.text("status"));
      detected =
          switch (attributes.text("detected")) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new DamagedReport(
                    "'detected' is '%s', neither true nor false"
                        .formatted(Label.cut(attributes.text("detected"))));
          };
    }
  }

  @Override
  public void closed(List<String> path) throws DamagedReport {
    String value = text.closed(path);
    String name = path.getLast();
    if (name.equals("mutation")) {
      end();
    } else if (!value.isEmpty() && (path.size() == FIELD_DEPTH || path.size() == BLOCKS_DEPTH)) {
      fields.merge(name, value, (one, two) -> one + "," + two);
    }
  }

  private void end() throws DamagedReport {
    String line = fields.getOrDefault("lineNumber", "0");
    sink.mutant(
        new MutantFields(
            pooled(required("mutatedClass")),
            pooled(required("sourceFile")),
            pooled(required("mutatedMethod")),
            pooled(field("methodDescription")),
            field("index"),
            Numbers.count("lineNumber", line),
            pooled(required("mutator")),
            status,
            detected));
  }

  private String field(String name) {
    return fields.getOrDefault(name, "");
  }

  private String required(String name) throws DamagedReport {
    String value = field(name);
    if (value.isEmpty()) {
      throw new DamagedReport("<mutation> without <%s>".formatted(name));
    }
    return Label.cut(value);
  }

  /// The same text once in memory, for most of it stands in thousands of mutants.
  private String pooled(String value) {
    return pool.computeIfAbsent(value, same -> same);
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
