package dev.synapse.gmp.record;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// How a batch was measured and judged.
///
/// @param definitions the id of the definition, under `docs/metrics/`, of each metric that was
///   judged
/// @param tools the SHA-256, in hexadecimal, of each of Synapse's own program files
public record BatchMethod(SortedMap<String, String> definitions, SortedMap<String, String> tools) {
  /// Not recorded: results of version 1 do not say it.
  public static final BatchMethod NONE = new BatchMethod(new TreeMap<>(), new TreeMap<>());

  /// Copies.
  public BatchMethod {
    definitions = Collections.unmodifiableSortedMap(new TreeMap<>(definitions));
    tools = Collections.unmodifiableSortedMap(new TreeMap<>(tools));
  }

  boolean isRecorded() {
    return !definitions.isEmpty() || !tools.isEmpty();
  }

  static BatchMethod parse(Fields fields) throws RecordException {
    return new BatchMethod(texts(fields.object("definitions")), texts(fields.object("tools")));
  }

  private static SortedMap<String, String> texts(Fields fields) throws RecordException {
    SortedMap<String, String> texts = new TreeMap<>();
    for (String name : fields.node().propertyNames()) {
      texts.put(name, fields.text(name));
    }
    return texts;
  }
}
