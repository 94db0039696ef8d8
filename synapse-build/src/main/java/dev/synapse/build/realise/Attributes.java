package dev.synapse.build.realise;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.path.StorePath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a derivation says of itself: in the variables of its environment, or, if it has structured
/// attributes, in the JSON of its variable `__json`, which then counts alone (nix-store-formats,
/// sections 8 and 9).
final class Attributes {
  private static final String JSON = "__json";
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNestingDepth(10_000)
                          .build())
                  .build())
          .build();

  private final StorePath path;
  private final Derivation derivation;
  private final Optional<ObjectNode> structured;

  private Attributes(StorePath path, Derivation derivation, Optional<ObjectNode> structured) {
    this.path = path;
    this.derivation = derivation;
    this.structured = structured;
  }

  /// Reads the attributes of the derivation at `path`.
  ///
  /// @throws RealiseException when `__json` is no JSON object
  static Attributes of(StorePath path, Derivation derivation) throws RealiseException {
    Optional<ByteString> json = derivation.variable(JSON);
    if (json.isEmpty()) {
      return new Attributes(path, derivation, Optional.empty());
    }
    try {
      if (MAPPER.readTree(json.get().toByteArray()) instanceof ObjectNode object) {
        return new Attributes(path, derivation, Optional.of(object));
      }
    } catch (JacksonException e) {
      throw new RealiseException(
          "'%s' has in __json what is no JSON: %s".formatted(path, e.getOriginalMessage()), e);
    }
    throw new RealiseException("'%s' has in __json what is no JSON object".formatted(path));
  }

  /// The structured attributes, if the derivation has them.
  Optional<ObjectNode> structured() {
    return structured;
  }

  /// The attribute `name` as true or false; `otherwise` if it is not set. A variable is true if it
  /// is `1`.
  ///
  /// @throws RealiseException when a structured attribute is neither
  boolean flag(String name, boolean otherwise) throws RealiseException {
    if (structured.isEmpty()) {
      return derivation
          .variable(name)
          .map(value -> value.equals(ByteString.of("1")))
          .orElse(otherwise);
    }
    JsonNode value = structured.get().get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw wrong(name, "a boolean");
    }
    return value.booleanValue();
  }

  /// The words that the attribute `name` lists; empty if it is not set.
  ///
  /// @throws RealiseException when a structured attribute is no list of strings
  Optional<List<String>> words(String name) throws RealiseException {
    if (structured.isEmpty()) {
      return derivation.variable(name).map(Attributes::words);
    }
    JsonNode value = structured.get().get(name);
    return value == null ? Optional.empty() : Optional.of(strings(name, value));
  }

  /// The strings that the list `value` holds.
  ///
  /// @param name what a message calls it
  /// @throws RealiseException when it is no list, or one of something else
  List<String> strings(String name, JsonNode value) throws RealiseException {
    if (!value.isArray()) {
      throw wrong(name, "a list of strings");
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode each : value) {
      if (!each.isString()) {
        throw wrong(name, "a list of strings");
      }
      strings.add(each.stringValue());
    }
    return strings;
  }

  /// What is thrown when an attribute is not of the kind that it should be.
  RealiseException wrong(String name, String kind) {
    return new RealiseException("'%s' has a %s that is not %s".formatted(path, name, kind));
  }

  private static List<String> words(ByteString value) {
    return Arrays.stream(value.utf8().split("[ \t\n\r]+", -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
