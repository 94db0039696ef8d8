package dev.synapse.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What commands print with `--json`: maps, lists, text, numbers.
final class Json {
  private static final Pattern CONTROLS = Pattern.compile("[\u007f-\u009f]");

  private Json() {}

  /// Prints one document and a line end.
  static void print(PrintStream out, Object document) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    out.println(escaped(mapper.writeValueAsString(document)));
  }

  /// The document without the control characters that JSON allows in texts, and terminals obey.
  private static String escaped(String document) {
    Matcher controls = CONTROLS.matcher(document);
    return controls.replaceAll(each -> "\\\\u%04X".formatted((int) each.group().charAt(0)));
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
