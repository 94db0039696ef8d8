package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The part of a batch record that follows from the inputs alone: no time, no place, no person. Who
/// builds again and judges by the same policy gets the same bytes.
///
/// @param subject what was made, and how
/// @param components every source the derivation names, with its hash, sorted by path
/// @param outputs by the output's name
/// @param report the canonical report; null where the build made none
/// @param gate the verdict: limits and values
/// @param method the definitions of the metrics, and the programs that measured
public record BatchResult(
    BatchSubject subject,
    List<BatchOutput> components,
    SortedMap<String, BatchOutput> outputs,
    JsonNode report,
    JsonNode gate,
    BatchMethod method) {
  private static final int VERSION = 2;

  /// It did not say how it was measured.
  private static final int FIRST_VERSION = 1;

  private static final String WHAT = "a result";
  private static final Set<String> METHOD = Set.of("definitions", "tools");
  private static final Set<String> NEEDED =
      Set.of(
          "components",
          "derivation",
          "gate",
          "name",
          "outputs",
          "projectVersion",
          "report",
          "version");

  /// Sorts and copies.
  public BatchResult {
    requireNonNull(subject, "subject");
    requireNonNull(report, "report");
    requireNonNull(gate, "gate");
    requireNonNull(method, "method");
    components =
        components.stream().sorted(java.util.Comparator.comparing(BatchOutput::path)).toList();
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }

  /// A result that does not say how it was measured.
  public BatchResult(
      BatchSubject subject,
      List<BatchOutput> components,
      SortedMap<String, BatchOutput> outputs,
      JsonNode report,
      JsonNode gate) {
    this(subject, components, outputs, report, gate, BatchMethod.NONE);
  }

  /// The canonical text (RFC 8785). Its SHA-256 names the result.
  public String toJson() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("version", method.isRecorded() ? VERSION : FIRST_VERSION);
    if (method.isRecorded()) {
      document.put("definitions", method.definitions());
      document.put("tools", method.tools());
    }
    document.put("name", subject.name());
    document.put("projectVersion", subject.version());
    document.put("derivation", subject.derivation().toString());
    subject.lock().ifPresent(lock -> document.put("lock", lock));
    document.put("components", components.stream().map(BatchResult::toJson).toList());
    Map<String, Object> made = new TreeMap<>();
    outputs.forEach((name, output) -> made.put(name, toJson(output)));
    document.put("outputs", made);
    document.put("report", report);
    document.put("gate", gate);
    return CanonicalJson.of(document);
  }

  private static Map<String, Object> toJson(BatchOutput output) {
    return Map.of(
        "path", output.path().toString(), "narHash", output.narHash(), "narSize", output.narSize());
  }

  /// Reads the canonical text.
  public static BatchResult parse(byte[] bytes) throws RecordException {
    try {
      Fields fields = Fields.of(WHAT, CanonicalJson.parseCanonical(bytes));
      long version = fields.count("version");
      if (version < FIRST_VERSION || version > VERSION) {
        throw RecordException.malformed(WHAT, "version %d".formatted(version));
      }
      Set<String> required = new HashSet<>(NEEDED);
      if (version == VERSION) {
        required.addAll(METHOD);
      }
      fields.require(required, Set.of("lock"));
      Optional<String> lock =
          fields.node().has("lock") ? Optional.of(fields.text("lock")) : Optional.empty();
      return new BatchResult(
          new BatchSubject(
              fields.text("name"),
              fields.text("projectVersion"),
              StorePath.parse(fields.text("derivation")),
              lock),
          components(fields),
          outputs(fields.object("outputs")),
          fields.node().path("report"),
          fields.node().path("gate"),
          version == VERSION ? BatchMethod.parse(fields) : BatchMethod.NONE);
    } catch (NotCanonicalException | StorePathException e) {
      throw RecordException.malformed(WHAT, String.valueOf(e.getMessage()));
    }
  }

  private static List<BatchOutput> components(Fields fields)
      throws RecordException, StorePathException {
    List<BatchOutput> components = new ArrayList<>();
    for (JsonNode each : fields.list("components")) {
      components.add(output(Fields.of(WHAT + ", 'components'", each)));
    }
    return components;
  }

  private static SortedMap<String, BatchOutput> outputs(Fields fields)
      throws RecordException, StorePathException {
    SortedMap<String, BatchOutput> outputs = new TreeMap<>();
    for (String name : fields.node().propertyNames()) {
      outputs.put(name, output(fields.object(name)));
    }
    return outputs;
  }

  private static BatchOutput output(Fields fields) throws RecordException, StorePathException {
    return new BatchOutput(
        StorePath.parse(fields.text("path")), fields.text("narHash"), fields.count("narSize"));
  }
}
