package dev.synapse.store.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.vectors.Vectors;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// References are found, and self references hashed, as Nix does.
final class ReferenceVectorsTest {
  private static final int SCANNED = 39;
  private static final int SELF_REFERRING = 2;
  private static final List<Integer> PIECES = List.of(1, 31, 32, 33, 65_536, Integer.MAX_VALUE);

  @TestFactory
  Stream<DynamicTest> theSameReferencesAreFoundHoweverTheStreamIsCut() throws Exception {
    JsonNode vectors = Vectors.json("refscan.json");
    List<StorePath> candidates = new ArrayList<>();
    for (JsonNode candidate : vectors.get("candidates")) {
      candidates.add(StorePath.parse(candidate.asString()));
    }
    return Vectors.each(
        vectors.get("cases"),
        SCANNED,
        each -> each.get("id").asString(),
        each -> {
          byte[] contents = contents(each);
          assertThat(contents).hasSize(each.get("size").asInt());
          assertThat(Hash.of(HashAlgorithm.SHA256, contents).toHex())
              .isEqualTo(each.get("sha256_hex").asString());
          List<StorePath> expected = new ArrayList<>();
          for (JsonNode reference : each.get("references")) {
            expected.add(StorePath.parse(reference.asString()));
          }
          for (int piece : PIECES) {
            ReferenceScanner scanner = new ReferenceScanner(candidates);
            int step = Math.min(piece, Math.max(1, contents.length));
            for (int at = 0; at < contents.length; at += step) {
              scanner.write(contents, at, Math.min(step, contents.length - at));
            }
            assertThat(scanner.found()).containsExactlyInAnyOrderElementsOf(expected);
          }
        });
  }

  private static byte[] contents(JsonNode each) {
    if (each.has("contents_b64")) {
      return each.get("contents_b64").binaryValue();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (JsonNode segment : each.get("segments")) {
      if (segment.has("b64")) {
        all.writeBytes(segment.get("b64").binaryValue());
      } else {
        byte[] pattern = segment.get("repeat_b64").binaryValue();
        for (int index = 0; index < segment.get("size").asInt(); index++) {
          all.write(pattern[index % pattern.length]);
        }
      }
    }
    return all.toByteArray();
  }

  @TestFactory
  Stream<DynamicTest> selfReferencesAreHashedByTheirPlace() throws Exception {
    List<JsonNode> cases =
        Vectors.json("storepaths.json")
            .get("cases")
            .valueStream()
            .filter(each -> each.has("self_offsets"))
            .toList();
    assertThat(cases).hasSize(SELF_REFERRING);
    return cases.stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.get("id").asString(),
                    () -> {
                      StorePath path = StorePath.parse(each.get("path").asString());
                      SelfReferenceHasher hasher =
                          new SelfReferenceHasher(HashAlgorithm.SHA256, path.digest());
                      hasher.write(each.get("nar_b64").binaryValue());
                      assertThat(hasher.finish().toHex())
                          .isEqualTo(each.get("nar_sha256_hex").asString());
                      assertThat(hasher.offsets())
                          .isEqualTo(
                              each.get("self_offsets")
                                  .valueStream()
                                  .map(JsonNode::asLong)
                                  .toList());
                    }));
  }
}
