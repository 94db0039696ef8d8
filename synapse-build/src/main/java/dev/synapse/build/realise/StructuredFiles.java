package dev.synapse.build.realise;

import dev.synapse.store.bytes.ByteString;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Structured attributes as builders find them, byte for byte as Nix 2.8 writes them: `.attrs.json`
/// with all of them, keys sorted and without blanks, and `.attrs.sh`, which declares for bash what
/// bash can hold (nix-store-formats, section 9.3).
///
/// Numbers in `.attrs.sh` are cut to 32 bits, as Nix's are.
final class StructuredFiles {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger MOST = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  /// So many digits before the point at most are written without an exponent.
  private static final int MOST_DIGITS = 15;

  /// The smallest exponent that is written as zeros.
  private static final int LEAST_EXPONENT = -4;

  private static final int ASCII_BLANK = 0x20;

  /// The signs that JSON has a short escape for (RFC 8259, section 7).
  private static final Map<Character, String> ESCAPES =
      Map.of(
          '"', "\\\"", '\\', "\\\\", '\b', "\\b", '\f', "\\f", '\n', "\\n", '\r', "\\r", '\t',
          "\\t");

  private StructuredFiles() {}

  /// The bytes of `.attrs.json`.
  ///
  /// @throws CharacterCodingException when a string is no Unicode
  static ByteString json(ObjectNode attributes) throws CharacterCodingException {
    var text = new StringBuilder();
    write(attributes, text);
    return bytes(text);
  }

  /// The bytes of `.attrs.sh`.
  ///
  /// @throws CharacterCodingException when a string is no Unicode
  static ByteString shell(ObjectNode attributes) throws CharacterCodingException {
    var text = new StringBuilder();
    for (var attribute : sorted(attributes).entrySet()) {
      String name = attribute.getKey().utf8();
      if (VARIABLE.matcher(name).matches()) {
        declare(name, attribute.getValue(), text);
      }
    }
    return bytes(text);
  }

  /// The order of bytes, which is not that of Java's strings.
  private static SortedMap<ByteString, JsonNode> sorted(JsonNode object) {
    SortedMap<ByteString, JsonNode> sorted = new TreeMap<>();
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      sorted.put(ByteString.of(property.getKey()), property.getValue());
    }
    return sorted;
  }

  private static ByteString bytes(StringBuilder text) throws CharacterCodingException {
    var encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    var bytes = new byte[encoded.remaining()];
    encoded.get(bytes);
    return ByteString.of(bytes);
  }

  private static void write(JsonNode value, StringBuilder text) {
    switch (value.getNodeType()) {
      case OBJECT -> writeObject(value, text);
      case ARRAY -> writeArray(value, text);
      case STRING -> quote(value.stringValue(), text);
      case NUMBER -> text.append(number(value));
      case BOOLEAN -> text.append(value.booleanValue());
      default -> text.append("null");
    }
  }

  private static void writeObject(JsonNode object, StringBuilder text) {
    String separator = "";
    text.append('{');
    for (var property : sorted(object).entrySet()) {
      text.append(separator);
      quote(property.getKey().utf8(), text);
      text.append(':');
      write(property.getValue(), text);
      separator = ",";
    }
    text.append('}');
  }

  private static void writeArray(JsonNode array, StringBuilder text) {
    String separator = "";
    text.append('[');
    for (JsonNode element : array) {
      text.append(separator);
      write(element, text);
      separator = ",";
    }
    text.append(']');
  }

  private static void quote(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      String escape = ESCAPES.get(c);
      if (escape != null) {
        text.append(escape);
      } else if (c < ASCII_BLANK) {
        text.append("\\u%04x".formatted((int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  private static boolean isInteger(JsonNode value) {
    return value.isIntegralNumber()
        && value.bigIntegerValue().compareTo(LEAST) >= 0
        && value.bigIntegerValue().compareTo(MOST) <= 0;
  }

  private static String number(JsonNode value) {
    return isInteger(value) ? value.bigIntegerValue().toString() : decimal(value.doubleValue());
  }

  /// The fewest digits that mean this number, always with a point or an exponent.
  private static String decimal(double value) {
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    var exact = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    String digits = exact.unscaledValue().toString();
    int point = digits.length() - exact.scale(); // where it stands, counted from the first digit
    boolean plain = point > LEAST_EXPONENT && point <= MOST_DIGITS;
    return (value < 0 ? "-" : "") + (plain ? plain(digits, point) : scientific(digits, point - 1));
  }

  private static String plain(String digits, int point) {
    if (point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    return point < digits.length()
        ? digits.substring(0, point) + "." + digits.substring(point)
        : digits + "0".repeat(point - digits.length()) + ".0";
  }

  private static String scientific(String digits, int exponent) {
    String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
    String sign = exponent < 0 ? "-" : "+";
    return digits.charAt(0) + fraction + "e" + sign + "%02d".formatted(Math.abs(exponent));
  }

  private static void declare(String name, JsonNode value, StringBuilder text) {
    Optional<String> simple = simple(value);
    if (simple.isPresent()) {
      text.append("declare ").append(name).append('=').append(simple.get()).append('\n');
      return;
    }
    var elements = new StringBuilder();
    if (value.isArray()) {
      for (JsonNode element : value) {
        Optional<String> each = simple(element);
        if (each.isEmpty()) {
          return;
        }
        elements.append(each.get()).append(' ');
      }
      text.append("declare -a ").append(name).append("=(").append(elements).append(")\n");
    } else if (value.isObject()) {
      for (var property : sorted(value).entrySet()) {
        Optional<String> each = simple(property.getValue());
        if (each.isEmpty()) {
          return;
        }
        elements.append('[').append(quoted(property.getKey().utf8())).append("]=");
        elements.append(each.get()).append(' ');
      }
      text.append("declare -A ").append(name).append("=(").append(elements).append(")\n");
    }
  }

  /// A value as one word of bash; empty if it is none.
  private static Optional<String> simple(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> Optional.of(quoted(value.stringValue()));
      case NUMBER -> whole(value);
      case NULL -> Optional.of("''");
      case BOOLEAN -> Optional.of(value.booleanValue() ? "1" : "");
      default -> Optional.empty();
    };
  }

  /// Whether it is whole is asked of the nearest `float`.
  private static Optional<String> whole(JsonNode value) {
    if (isInteger(value)) {
      return Optional.of(Integer.toString(value.bigIntegerValue().intValue()));
    }
    double number = value.doubleValue();
    float single = (float) number;
    if (Math.ceil(single) != single) {
      return Optional.empty();
    }
    boolean fits = number > Integer.MIN_VALUE - 1.0 && number < Integer.MAX_VALUE + 1.0;
    return Optional.of(Integer.toString(fits ? (int) number : Integer.MIN_VALUE));
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }
}
