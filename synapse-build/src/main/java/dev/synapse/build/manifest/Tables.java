package dev.synapse.build.manifest;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// Copies of tables that keep the order in which the manifest has the keys.
final class Tables {
  private Tables() {}

  static <V> SequencedMap<String, V> copyOf(Map<String, V> table) {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(table));
  }
}
