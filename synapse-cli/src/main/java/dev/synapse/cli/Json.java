package dev.synapse.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What commands print with `--json`: maps, lists, text, numbers.
final class Json {
  private Json() {}

  /// Prints one document and a line end.
  static void print(PrintStream out, Object document) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    out.println(mapper.writeValueAsString(document));
  }

  /// Reads a document that this program wrote.
  static Object parse(String document) {
    return new JsonMapper().readTree(document);
  }

  /// An object whose keys keep their order: key, value, key, value.
  static Map<String, @org.jspecify.annotations.Nullable Object> object(
      @org.jspecify.annotations.Nullable Object... keysAndValues) {
    Map<String, @org.jspecify.annotations.Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      object.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
    }
    return object;
  }
}
