package dev.synapse.gmp.json;

import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The JSON Canonicalization Scheme: no blanks, keys sorted by their UTF-16, numbers as ECMAScript
/// writes them, nothing escaped that need not be. Two documents are equal exactly when their bytes
/// are.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8785">RFC 8785</a>
public final class CanonicalJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// What is escaped by a backslash and a letter or sign of its own, and those in the same order.
  private static final String WITH_NAME = "\"\\\b\t\n\f\r";

  private static final String NAMES = "\"\\btnfr";

  private final StringBuilder out = new StringBuilder();

  private CanonicalJson() {}

  /// Bytes that are no JSON, or not in its canonical form.
  public static final class NotCanonicalException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    NotCanonicalException(String reason) {
      super(reason);
    }
  }

  /// The canonical text of a document.
  ///
  /// @throws IllegalArgumentException for a number that ECMAScript cannot hold exactly, and for
  ///   half of a surrogate pair
  public static String of(JsonNode document) {
    CanonicalJson json = new CanonicalJson();
    json.value(document);
    return json.out.toString();
  }

  /// The canonical text of maps, lists, text, numbers, truth values.
  public static String of(Map<String, ?> document) {
    return of(node(document));
  }

  /// The canonical bytes of a document.
  public static byte[] bytes(JsonNode document) {
    return of(document).getBytes(StandardCharsets.UTF_8);
  }

  /// Maps, lists, text, numbers and truth values as a document.
  public static JsonNode node(Object document) {
    return MAPPER.valueToTree(document);
  }

  /// Reads a document, whatever its form: without duplicate keys, and nothing after it.
  public static JsonNode parse(byte[] bytes) throws NotCanonicalException {
    try {
      return MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      throw new NotCanonicalException(
          "not JSON at column %d".formatted(e.getLocation().getColumnNr()));
    }
  }

  /// Reads a document in its canonical form, and no other.
  public static JsonNode parseCanonical(byte[] bytes) throws NotCanonicalException {
    CanonicalScanner.require(bytes);
    return parse(bytes);
  }

  /// The members of an object in its canonical form, each as its own bytes: for who needs few.
  public static Map<String, byte[]> members(byte[] bytes) throws NotCanonicalException {
    return CanonicalScanner.members(bytes);
  }

  private void value(JsonNode value) {
    if (value.isObject()) {
      object(value);
    } else if (value.isArray()) {
      array(value);
    } else if (value.isString()) {
      quote(value.stringValue(), out);
    } else if (value.isNumber()) {
      out.append(EcmaNumber.of(value));
    } else if (value.isBoolean() || value.isNull()) {
      out.append(value.asString("null"));
    } else {
      throw new IllegalArgumentException("no JSON: " + value.getNodeType());
    }
  }

  private void object(JsonNode object) {
    Map<String, JsonNode> sorted = new TreeMap<>(); // String's order is that of UTF-16
    object.properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    String separator = "{";
    for (Map.Entry<String, JsonNode> entry : sorted.entrySet()) {
      out.append(separator);
      quote(entry.getKey(), out);
      out.append(':');
      value(entry.getValue());
      separator = ",";
    }
    out.append(sorted.isEmpty() ? "{}" : "}");
  }

  private void array(JsonNode array) {
    out.append('[');
    String separator = "";
    for (JsonNode each : List.copyOf(array.values())) {
      out.append(separator);
      value(each);
      separator = ",";
    }
    out.append(']');
  }

  /// Appends `text` in quotes (RFC 8785, section 3.2.2.2).
  ///
  /// @throws IllegalArgumentException for half of a surrogate pair
  public static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        i = pair(text, i, out);
      } else {
        character(c, out);
      }
    }
    out.append('"');
  }

  private static int pair(String text, int at, StringBuilder out) {
    int last = at + 1;
    if (last == text.length() || !Character.isSurrogatePair(text.charAt(at), text.charAt(last))) {
      throw new IllegalArgumentException("half of a surrogate pair");
    }
    out.append(text, at, last + 1);
    return last;
  }

  private static void character(char c, StringBuilder out) {
    if (c >= ' ' && c != '"' && c != '\\') {
      out.append(c);
    } else {
      escape(c, out);
    }
  }

  private static void escape(char c, StringBuilder out) {
    int named = WITH_NAME.indexOf(c);
    if (named >= 0) {
      out.append('\\').append(NAMES.charAt(named));
    } else {
      out.append("\\u%04x".formatted((int) c));
    }
  }
}
