package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Complete copies of a record: a page for people, and for machines the documents, the trail that
/// they are part of, its signed head and the key (21 CFR 11.10(b)).
public final class BatchExport {
  /// The page.
  public static final String PAGE = "record.html";

  private final BatchStore store;

  /// Exports from `store`.
  public BatchExport(BatchStore store) {
    this.store = store;
  }

  /// Writes the copy into `folder`, which is made.
  public void write(BatchRecord batch, Path folder) throws IOException, RecordException {
    BatchResult result = store.result(batch);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("result.json"), result.toJson());
    Files.writeString(folder.resolve("event.json"), event(batch));
    if (result.subject().lock().isPresent()) {
      Files.write(
          folder.resolve("synapse.lock"),
          store.document(result.subject().lock().get(), "the lock of " + batch.id()));
    }
    Files.copy(store.trail().file(), folder.resolve(Trail.FILE_NAME));
    Files.copy(store.trail().headFile(), folder.resolve(Trail.HEAD_NAME));
    Files.writeString(folder.resolve("trail.pub"), store.key().get().verifyKey().line() + "\n");
    Files.writeString(folder.resolve(PAGE), page(batch, result));
  }

  private static String event(BatchRecord batch) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("id", batch.id().toString());
    document.put("standing", batch.standing().id());
    document.put("event", batch.eventJson());
    document.put("decisions", batch.decisionsJson());
    return CanonicalJson.of(document);
  }

  /// A row of the record.
  ///
  /// @param heading what kind of fact, in the order of 21 CFR 211.188(b)
  /// @param facts a line each
  private record Row(String heading, List<String> facts) {}

  private static List<Row> rows(BatchRecord batch, BatchResult result) {
    BatchEvent event = batch.event();
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row("Product", List.of(result.subject().name() + " " + result.subject().version())));
    rows.add(
        new Row(
            "Procedure",
            List.of(
                "derivation " + result.subject().derivation(),
                "lock sha256:" + result.subject().lock().orElse("none"),
                "commit " + event.revision().orElse("none that is known"))));
    rows.add(
        new Row(
            "Dates",
            List.of(
                "started " + event.started(),
                "finished " + event.finished(),
                "took %d s".formatted(event.took().toSeconds()))));
    rows.add(new Row("Equipment", equipment(event.room())));
    rows.add(new Row("Components", outputs("", result.components())));
    rows.add(new Row("In-process and laboratory results", limits(result.gate())));
    rows.add(new Row("Methods", methods(result.method())));
    rows.add(new Row("Yield and outputs", made(result)));
    rows.add(new Row("Deviations", orNone(event.deviations())));
    rows.add(
        new Row(
            "Reproduced",
            List.of(
                event
                    .judged()
                    .repeated()
                    .map(same -> same ? "yes" : "no")
                    .orElse("not compared"))));
    rows.add(new Row("Performed by", List.of(event.actor())));
    rows.add(new Row("Gate", List.of(event.judged().disposition().id())));
    rows.add(new Row("Decisions", orNone(decisions(batch))));
    return rows;
  }

  private static List<String> orNone(List<String> facts) {
    return facts.isEmpty() ? List.of("none") : facts;
  }

  private static List<String> equipment(BatchRoom room) {
    List<String> facts = new ArrayList<>();
    facts.add("host " + room.host());
    facts.add("system " + room.system());
    facts.add("Synapse " + room.synapse());
    facts.add("engine " + room.engine());
    facts.add("sandbox " + room.sandbox().orElse("not used: nothing was built"));
    return facts;
  }

  private static List<String> outputs(String name, List<BatchOutput> all) {
    return all.stream()
        .map(
            each ->
                "%s%s %s, %d bytes".formatted(name, each.path(), each.narHash(), each.narSize()))
        .toList();
  }

  private static List<String> made(BatchResult result) {
    List<String> facts = new ArrayList<>();
    result.outputs().forEach((name, output) -> facts.addAll(outputs(name + " ", List.of(output))));
    JsonNode tests = result.report().path("tests");
    if (tests.isObject()) {
      facts.add(
          "tests: %s executed, %s passed, %s skipped"
              .formatted(tests.path("executed"), tests.path("passed"), tests.path("skipped")));
    }
    return facts;
  }

  private static List<String> limits(JsonNode gate) {
    List<String> facts = new ArrayList<>();
    facts.add("stage %s, mode %s".formatted(text(gate.path("stage")), text(gate.path("mode"))));
    for (JsonNode limit : gate.path("limits").values()) {
      facts.add(
          "%s: %s, limit %s, %s"
              .formatted(
                  text(limit.path("metric")),
                  limit.path("value").isNull() ? "not measured" : limit.path("value"),
                  limit.path("limit"),
                  met(limit.path("met"))));
    }
    return facts;
  }

  private static String met(JsonNode met) {
    if (met.isNull()) {
      return "no verdict";
    }
    return met.asBoolean() ? "met" : "NOT MET";
  }

  private static List<String> methods(BatchMethod method) {
    List<String> facts = new ArrayList<>();
    method
        .definitions()
        .forEach((metric, id) -> facts.add("%s by definition %s".formatted(metric, id)));
    method.tools().forEach((tool, hash) -> facts.add("%s sha256:%s".formatted(tool, hash)));
    return facts.isEmpty() ? List.of("not recorded") : facts;
  }

  private static String text(JsonNode node) {
    return node.isString() ? node.stringValue() : "none";
  }

  private static List<String> decisions(BatchRecord batch) {
    return batch.decisions().stream()
        .map(Decision.Signed::decision)
        .map(
            each ->
                "%s by %s at %s, meaning: %s"
                    .formatted(each.verb().id(), each.by(), each.at(), each.meaning()))
        .toList();
  }

  /// The record as lines of text.
  public static List<String> text(BatchRecord batch, BatchResult result) {
    List<String> lines = new ArrayList<>();
    lines.add("%s: %s".formatted(batch.id(), batch.standing().id()));
    for (Row row : rows(batch, result)) {
      lines.add(row.heading());
      row.facts().forEach(fact -> lines.add("  " + fact));
    }
    return lines;
  }

  private static String page(BatchRecord batch, BatchResult result) {
    StringBuilder rows = new StringBuilder();
    for (Row row : rows(batch, result)) {
      rows.append("<tr><th>").append(escaped(row.heading())).append("</th><td>");
      row.facts().forEach(fact -> rows.append("<p>").append(escaped(fact)).append("</p>"));
      rows.append("</td></tr>\n");
    }
    return """
    <!DOCTYPE html>
    <html lang="en"><head><meta charset="utf-8"><title>%1$s</title>
    <style>
    body { font: 11pt sans-serif; margin: 2em; }
    table { border-collapse: collapse; width: 100%%; }
    th { text-align: left; vertical-align: top; width: 12em; }
    th, td { border: 1px solid #999; padding: .4em; overflow-wrap: anywhere; }
    p { margin: 0; }
    </style></head><body>
    <h1>Batch record %1$s</h1>
    <p>Standing: <strong>%2$s</strong>. Result sha256:%3$s.</p>
    <table>
    %4$s</table>
    <p>What a signature says, the signed text holds too: name, time, meaning and result. Check this
    copy with synapse batch verify. This record supports a review; it does not replace one.</p>
    </body></html>
    """
        .formatted(
            escaped(batch.id().toString()),
            escaped(batch.standing().id()),
            escaped(batch.result()),
            rows);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
