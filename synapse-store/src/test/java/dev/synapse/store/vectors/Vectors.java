package dev.synapse.store.vectors;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.ThrowingConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The vectors in the test resources; their README tells what each field means.
public final class Vectors {
  private static final JsonMapper JSON = new JsonMapper();

  private Vectors() {}

  /// A JSON file of the vectors.
  public static JsonNode json(String file) throws IOException {
    return JSON.readTree(bytes(file));
  }

  /// The bytes of a file of the vectors.
  public static byte[] bytes(String file) throws IOException {
    try (InputStream in =
        requireNonNull(Vectors.class.getResourceAsStream("/vectors/nix/" + file), file)) {
      return in.readAllBytes();
    }
  }

  /// One test for each case; fails if there are not exactly as many as there should be.
  public static Stream<DynamicTest> each(
      JsonNode cases,
      int expected,
      Function<JsonNode, String> name,
      ThrowingConsumer<JsonNode> test) {
    List<JsonNode> all = cases.valueStream().toList();
    assertThat(all).hasSize(expected);
    return all.stream()
        .map(each -> DynamicTest.dynamicTest(name.apply(each), () -> test.accept(each)));
  }

  /// The bytes of a field: text as `field`, as `{"b64": …}`, or base 64 as `field_b64`.
  public static ByteString byteString(JsonNode node, String field) {
    JsonNode plain = node.get(field);
    return plain == null
        ? ByteString.of(node.get(field + "_b64").binaryValue())
        : byteString(plain);
  }

  /// The bytes of a text, or of `{"b64": …}`.
  public static ByteString byteString(JsonNode node) {
    return node.isObject()
        ? ByteString.of(node.get("b64").binaryValue())
        : ByteString.of(node.asString());
  }
}
