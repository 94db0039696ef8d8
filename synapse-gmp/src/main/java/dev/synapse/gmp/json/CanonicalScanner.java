package dev.synapse.gmp.json;

import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Checks in one pass over its bytes that a document is in canonical form, without building it: a
/// trail has many of them. Cost: the length of the document.
final class CanonicalScanner {
  private static final int DEEPEST = 200;

  /// Every whole number of so many digits is a `double`, and written as it stands.
  private static final int PLAIN_DIGITS = 15;

  private static final String SHORT_ESCAPES = "\"\\bfnrt";
  private static final String HEX = "0123456789abcdef";
  private static final String SHORT_CONTROLS = "\b\t\n\f\r";
  private static final int UNICODE_ESCAPE = 5;

  private final byte[] in;
  private int at;
  private int depth;

  private CanonicalScanner(byte[] in) {
    this.in = in;
  }

  /// Requires that `document` is one value in canonical form.
  static void require(byte[] document) throws NotCanonicalException {
    CanonicalScanner scanner = new CanonicalScanner(document);
    scanner.requireUtf8();
    scanner.value();
    scanner.requireEnd();
  }

  /// The values of an object in canonical form, each as its own canonical bytes.
  static Map<String, byte[]> members(byte[] document) throws NotCanonicalException {
    CanonicalScanner scanner = new CanonicalScanner(document);
    scanner.requireUtf8();
    Map<String, byte[]> members = new LinkedHashMap<>();
    scanner.object(members);
    scanner.requireEnd();
    return members;
  }

  private void requireUtf8() throws NotCanonicalException {
    for (byte each : in) {
      if (each < 0) {
        try {
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(in));
          return;
        } catch (CharacterCodingException _) {
          throw new NotCanonicalException("not UTF-8");
        }
      }
    }
  }

  private void requireEnd() throws NotCanonicalException {
    if (at != in.length) {
      throw wrong();
    }
  }

  private NotCanonicalException wrong() {
    return new NotCanonicalException("not in canonical form at byte %d".formatted(at + 1));
  }

  private int peek() {
    return at < in.length ? in[at] : -1;
  }

  private void expect(char c) throws NotCanonicalException {
    if (peek() != c) {
      throw wrong();
    }
    at++;
  }

  private void value() throws NotCanonicalException {
    switch (peek()) {
      case '{' -> object(null);
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
  }

  private void word(String word) throws NotCanonicalException {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
  }

  private void enter() throws NotCanonicalException {
    depth++;
    if (depth > DEEPEST) {
      throw new NotCanonicalException("nested too deep");
    }
  }

  private void array() throws NotCanonicalException {
    enter();
    expect('[');
    if (peek() != ']') {
      value();
      while (peek() == ',') {
        at++;
        value();
      }
    }
    expect(']');
    depth--;
  }

  private void object(@org.jspecify.annotations.Nullable Map<String, byte[]> members)
      throws NotCanonicalException {
    enter();
    expect('{');
    if (peek() != '}') {
      String last = member("", true, members);
      while (peek() == ',') {
        at++;
        last = member(last, false, members);
      }
    }
    expect('}');
    depth--;
  }

  private String member(
      String last, boolean first, @org.jspecify.annotations.Nullable Map<String, byte[]> members)
      throws NotCanonicalException {
    int from = at;
    boolean escaped = string();
    String name =
        escaped
            ? CanonicalJson.parse(Arrays.copyOfRange(in, from, at)).stringValue()
            : new String(in, from + 1, at - from - 2, StandardCharsets.UTF_8);
    if (!first && name.compareTo(last) <= 0) {
      throw wrong();
    }
    expect(':');
    int start = at;
    value();
    if (members != null) {
      members.put(name, Arrays.copyOfRange(in, start, at));
    }
    return name;
  }

  /// Answers whether anything in it is escaped.
  private boolean string() throws NotCanonicalException {
    expect('"');
    boolean escaped = false;
    while (peek() != '"') {
      int c = peek();
      if (at == in.length || (c >= 0 && c < ' ')) {
        throw wrong();
      }
      at++;
      if (c == '\\') {
        escape();
        escaped = true;
      }
    }
    at++;
    return escaped;
  }

  private void escape() throws NotCanonicalException {
    if (peek() == 'u') {
      unicode();
    } else if (at == in.length || SHORT_ESCAPES.indexOf(peek()) < 0) {
      throw wrong();
    } else {
      at++;
    }
  }

  /// Only of control characters that have no shorter form.
  private void unicode() throws NotCanonicalException {
    word("u00");
    int high = HEX.indexOf(peek());
    at++;
    int low = HEX.indexOf(peek());
    at++;
    char c = (char) (high * HEX.length() + low);
    if (high < 0 || high > 1 || low < 0 || SHORT_CONTROLS.indexOf(c) >= 0) {
      at -= UNICODE_ESCAPE;
      throw wrong();
    }
  }

  private void number() throws NotCanonicalException {
    int from = at;
    while (at < in.length && isNumeric(in[at])) {
      at++;
    }
    String text = new String(in, from, at - from, StandardCharsets.US_ASCII);
    if (!isPlain(text) && !isShortest(text)) {
      at = from;
      throw wrong();
    }
  }

  private static boolean isNumeric(byte c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e';
  }

  private static boolean isPlain(String text) {
    return !text.isEmpty()
        && text.length() <= PLAIN_DIGITS
        && (text.charAt(0) != '0' || text.length() == 1)
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static boolean isShortest(String text) {
    try {
      return EcmaNumber.of(Double.parseDouble(text)).equals(text);
    } catch (IllegalArgumentException _) { // NumberFormatException is one
      return false;
    }
  }
}
