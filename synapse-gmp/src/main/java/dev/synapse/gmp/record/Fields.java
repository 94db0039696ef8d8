package dev.synapse.gmp.record;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Reads an object's fields, and says which one is wrong.
///
/// @param what names the document in problems
record Fields(String what, JsonNode node) {
  Fields {
    if (!node.isObject()) {
      throw new IllegalArgumentException(what + " is no object");
    }
  }

  static Fields of(String what, JsonNode node) throws RecordException {
    if (!node.isObject()) {
      throw RecordException.malformed(what, "it is not an object");
    }
    return new Fields(what, node);
  }

  void require(Set<String> required, Set<String> possible) throws RecordException {
    var missing = new TreeSet<>(required);
    for (String name : node.propertyNames()) {
      if (!missing.remove(name) && !possible.contains(name)) {
        throw RecordException.malformed(what, "unknown field '%s'".formatted(name));
      }
    }
    if (!missing.isEmpty()) {
      throw wrong(missing.first(), "is missing");
    }
  }

  private RecordException wrong(String name, String reason) {
    return RecordException.malformed(what, "'%s' %s".formatted(name, reason));
  }

  String text(String name) throws RecordException {
    JsonNode value = node.path(name);
    if (!value.isString()) {
      throw wrong(name, "is not a text");
    }
    return value.stringValue();
  }

  Optional<String> optionalText(String name) throws RecordException {
    return node.path(name).isNull() ? Optional.empty() : Optional.of(text(name));
  }

  long count(String name) throws RecordException {
    JsonNode value = node.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw wrong(name, "is not a count");
    }
    return value.longValue();
  }

  boolean truth(String name) throws RecordException {
    JsonNode value = node.path(name);
    if (!value.isBoolean()) {
      throw wrong(name, "is neither true nor false");
    }
    return value.booleanValue();
  }

  Instant time(String name) throws RecordException {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeException _) {
      throw wrong(name, "is not a time");
    }
  }

  Fields object(String name) throws RecordException {
    return of(what + ", '" + name + "'", node.path(name));
  }

  List<JsonNode> list(String name) throws RecordException {
    JsonNode value = node.path(name);
    if (!value.isArray()) {
      throw wrong(name, "is not a list");
    }
    return List.copyOf(value.values());
  }

  List<String> texts(String name) throws RecordException {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : list(name)) {
      if (!each.isString()) {
        throw wrong(name, "is not a list of texts");
      }
      texts.add(each.stringValue());
    }
    return texts;
  }

  <T> T oneOf(String name, T[] values, Function<T, String> label) throws RecordException {
    String text = text(name);
    for (T value : values) {
      if (label.apply(value).equals(text)) {
        return value;
      }
    }
    throw wrong(name, "is '%s'".formatted(text));
  }
}
