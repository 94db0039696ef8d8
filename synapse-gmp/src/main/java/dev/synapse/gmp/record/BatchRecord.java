package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// A batch as the trail has it; its result is in a file of its own, named by its hash.
///
/// @param id such as `batch_000042_a1b2c3d4`
/// @param label what it is a batch of
/// @param result the SHA-256 of the result, in hexadecimal
/// @param event who, when, where
/// @param decisions what people decided since, first to last
/// @param standing where it stands after all that
public record BatchRecord(
    CompoundId id,
    Label label,
    String result,
    BatchEvent event,
    List<Decision.Signed> decisions,
    Standing standing) {
  private static final String WHAT = "a batch";

  /// What the trail itself says of the thing that was made, so that the trail alone answers which
  /// outputs may be shared.
  ///
  /// @param outputs by the output's name
  public record Label(String name, StorePath derivation, SortedMap<String, StorePath> outputs) {
    /// Copies.
    public Label {
      requireNonNull(name, "name");
      requireNonNull(derivation, "derivation");
      outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
    }

    static Label of(BatchResult result) {
      SortedMap<String, StorePath> outputs = new TreeMap<>();
      result.outputs().forEach((name, output) -> outputs.put(name, output.path()));
      return new Label(result.subject().name(), result.subject().derivation(), outputs);
    }
  }

  /// Copies the list.
  public BatchRecord {
    requireNonNull(id, "id");
    requireNonNull(label, "label");
    requireNonNull(event, "event");
    requireNonNull(standing, "standing");
    decisions = List.copyOf(decisions);
  }

  BatchRecord with(Standing other) {
    return new BatchRecord(id, label, result, event, decisions, other);
  }

  BatchRecord with(Decision.Signed decision, Standing other) {
    List<Decision.Signed> more = new ArrayList<>(decisions);
    more.add(decision);
    return new BatchRecord(id, label, result, event, more, other);
  }

  /// The event part, for people and programs.
  public Map<String, Object> eventJson() {
    return event.toJson();
  }

  /// What people decided, for people and programs.
  public List<Map<String, Object>> decisionsJson() {
    return decisions.stream().map(Decision.Signed::toJson).toList();
  }

  static Map<String, Object> body(CompoundId id, Label label, String result, BatchEvent event) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", id.toString());
    body.put("name", label.name());
    body.put("derivation", label.derivation().toString());
    Map<String, Object> outputs = new TreeMap<>();
    label.outputs().forEach((name, path) -> outputs.put(name, path.toString()));
    body.put("outputs", outputs);
    body.put("result", result);
    body.put("event", event.toJson());
    return body;
  }

  static BatchRecord parse(Fields fields) throws RecordException {
    fields.require(Set.of("derivation", "event", "id", "name", "outputs", "result"), Set.of());
    String id = fields.text("id");
    BatchEvent event = BatchEvent.parse(fields.object("event"));
    BatchEvent.Judged judged = event.judged();
    return new BatchRecord(
        CompoundId.parse(id)
            .orElseThrow(() -> RecordException.malformed(WHAT, "'%s' is no id".formatted(id))),
        label(fields),
        fields.text("result"),
        event,
        List.of(),
        Standing.of(judged.disposition(), judged.secondPerson()));
  }

  private static Label label(Fields fields) throws RecordException {
    try {
      SortedMap<String, StorePath> outputs = new TreeMap<>();
      Fields named = fields.object("outputs");
      for (String name : named.node().propertyNames()) {
        outputs.put(name, StorePath.parse(named.text(name)));
      }
      return new Label(fields.text("name"), StorePath.parse(fields.text("derivation")), outputs);
    } catch (StorePathException e) {
      throw RecordException.malformed(WHAT, e.problem().message());
    }
  }
}
