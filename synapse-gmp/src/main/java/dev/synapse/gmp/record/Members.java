package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.store.bytes.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The members of an object whose bytes were checked, read one by one as they are needed.
///
/// @param what names the document in problems
record Members(String what, Map<String, byte[]> members) {
  private static final int MOST_DIGITS = 15;

  void require(Set<String> required, Set<String> possible) throws RecordException {
    for (String name : members.keySet()) {
      if (!required.contains(name) && !possible.contains(name)) {
        throw RecordException.malformed(what, "unknown field '%s'".formatted(name));
      }
    }
    for (String name : new TreeSet<>(required)) {
      bytes(name);
    }
  }

  ByteString bytes(String name) throws RecordException {
    byte[] bytes = members.get(name);
    if (bytes == null) {
      throw RecordException.malformed(what, "'%s' is missing".formatted(name));
    }
    return ByteString.of(bytes);
  }

  private String utf8(String name) throws RecordException {
    return new String(bytes(name).toByteArray(), StandardCharsets.UTF_8);
  }

  long count(String name) throws RecordException {
    String text = utf8(name);
    if (text.length() > MOST_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw RecordException.malformed(what, "'%s' is not a count".formatted(name));
    }
    return Long.parseLong(text);
  }

  /// A text in which nothing is escaped.
  String text(String name) throws RecordException {
    String quoted = utf8(name);
    if (!quoted.startsWith("\"") || quoted.indexOf('\\') >= 0) {
      throw RecordException.malformed(what, "'%s' is not a plain text".formatted(name));
    }
    return quoted.substring(1, quoted.length() - 1);
  }

  Optional<Fields> optional(String name) throws RecordException {
    byte[] bytes = members.get(name);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Fields.of(what + ", '" + name + "'", CanonicalJson.parse(bytes)));
    } catch (NotCanonicalException e) {
      throw RecordException.malformed(what, String.valueOf(e.getMessage()));
    }
  }
}
