package dev.synapse.store.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.vectors.Vectors;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Hashes are read and written as Nix does.
final class HashVectorsTest {
  private static final int ENCODED = 107;
  private static final int DIGESTS = 16;
  private static final int PARSED = 43;
  private static final int FOLDED_SIZE = 20;

  @Test
  void theAlphabetIsNixs() throws Exception {
    assertThat(Nix32.ALPHABET)
        .isEqualTo(Vectors.json("base32.json").get("alphabet").asString())
        .hasSize(32);
  }

  @TestFactory
  Stream<DynamicTest> nix32GoesBothWays() throws Exception {
    return Vectors.each(
        Vectors.json("base32.json").get("encode"),
        ENCODED,
        each -> each.get("nix32").asString(),
        each -> {
          byte[] bytes = HexFormat.of().parseHex(each.get("hex").asString());
          String text = each.get("nix32").asString();
          assertThat(Nix32.encode(bytes)).isEqualTo(text);
          assertThat(Nix32.decode(text)).isEqualTo(bytes);
        });
  }

  @TestFactory
  Stream<DynamicTest> digestsHaveAllWrittenForms() throws Exception {
    return Vectors.each(
        Vectors.json("base32.json").get("digests"),
        DIGESTS,
        each -> each.get("sri").asString(),
        HashVectorsTest::checkDigest);
  }

  private static void checkDigest(JsonNode each) throws Exception {
    HashAlgorithm algorithm = HashAlgorithm.ofLabel(each.get("algo").asString()).orElseThrow();
    Hash hash = Hash.of(algorithm, each.get("contents_b64").binaryValue());
    assertThat(hash.toHex()).isEqualTo(each.get("hex").asString());
    assertThat(hash.toNix32()).isEqualTo(each.get("nix32").asString());
    assertThat(hash.toBase64()).isEqualTo(each.get("base64").asString());
    assertThat(hash.toSri()).isEqualTo(each.get("sri").asString());
    assertThat(Hash.parse(hash.toSri())).isEqualTo(hash);
    assertThat(Hash.parse(hash.prefixedHex())).isEqualTo(hash);
    assertThat(Hash.parse(hash.prefixedNix32())).isEqualTo(hash);
    assertThat(Hash.parse(hash.toHex(), algorithm)).isEqualTo(hash);
    if (each.has("truncated_hex")) {
      byte[] folded = hash.fold(FOLDED_SIZE);
      assertThat(HexFormat.of().formatHex(folded)).isEqualTo(each.get("truncated_hex").asString());
      assertThat(Nix32.encode(folded)).isEqualTo(each.get("truncated_nix32").asString());
    }
  }

  @TestFactory
  Stream<DynamicTest> textsAreTakenOrRefusedAsNixDoes() throws Exception {
    return Vectors.each(
        Vectors.json("base32.json").get("parse"),
        PARSED,
        each -> each.get("input").asString() + " as " + each.get("type_hint"),
        each -> {
          String text = each.get("input").asString();
          if (each.get("accepted").asBoolean()) {
            assertThat(parse(each, text).toHex()).isEqualTo(each.get("hex").asString());
          } else {
            assertThatThrownBy(() -> parse(each, text)).isInstanceOf(HashFormatException.class);
          }
        });
  }

  private static Hash parse(JsonNode each, String text) throws HashFormatException {
    JsonNode hint = each.get("type_hint");
    return hint.isNull()
        ? Hash.parse(text)
        : Hash.parse(text, HashAlgorithm.ofLabel(hint.asString()).orElseThrow());
  }

  @Test
  void theProblemSaysWhatIsWrong() {
    assertThatThrownBy(() -> Hash.parse("sha3:00"))
        .isInstanceOfSatisfying(
            HashFormatException.class,
            e ->
                assertThat(e.problem())
                    .isEqualTo(new HashProblem.UnknownAlgorithm("sha3:00", "sha3")))
        .hasMessage(
            "hash 'sha3:00' has the unknown algorithm 'sha3': use md5, sha1, sha256 or sha512");
  }
}
