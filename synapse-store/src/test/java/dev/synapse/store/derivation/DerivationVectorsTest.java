package dev.synapse.store.derivation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.vectors.Vectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Derivations have the bytes, the hashes and the paths that Nix gives them.
final class DerivationVectorsTest {
  private static final int DERIVATIONS = 220;
  private static final int INPUT_ADDRESSED = 191;
  private static final int MALFORMED = 56;

  /// Nix takes these, though the text leaves the grammar; refusing is fine.
  private static final Set<String> LAX =
      Set.of("trailing-newline", "trailing-garbage", "missing-comma-in-list", "leading-comma");

  private static Map<StorePath, Derivation> all = Map.of();
  private static int reads;

  @BeforeAll
  static void readAll() throws Exception {
    Map<StorePath, Derivation> read = new HashMap<>();
    for (JsonNode each : Vectors.json("drv/index.json").get("derivations")) {
      read.put(
          StorePath.parse(each.get("drv_path").asString()),
          Derivation.parse(
              Vectors.bytes(each.get("file").asString()), each.get("name").asString()));
    }
    all = Map.copyOf(read);
  }

  private static Derivation source(StorePath path) throws DerivationException {
    reads++;
    Derivation derivation = all.get(path);
    if (derivation == null) {
      throw new DerivationException(new DerivationProblem.Missing(path));
    }
    return derivation;
  }

  @TestFactory
  Stream<DynamicTest> derivationsAreReadWrittenAndComputed() throws Exception {
    DerivationHasher hasher = new DerivationHasher(DerivationVectorsTest::source);
    return Vectors.each(
        Vectors.json("drv/index.json").get("derivations"),
        DERIVATIONS,
        each -> each.get("file").asString(),
        each -> check(each, hasher));
  }

  private static void check(JsonNode each, DerivationHasher hasher) throws Exception {
    byte[] bytes = Vectors.bytes(each.get("file").asString());
    Derivation derivation = Derivation.parse(bytes, each.get("name").asString());

    assertThat(bytes).hasSize(each.get("size").asInt());
    assertThat(derivation.toBytes()).isEqualTo(bytes);
    assertThat(derivation.storePath()).hasToString(each.get("drv_path").asString());
    Hash hash = Hash.of(HashAlgorithm.SHA256, bytes);
    assertThat(hash.toHex()).isEqualTo(each.get("sha256_hex").asString());
    assertThat(
            StoreDirectory.NIX.textFingerprint(
                derivation.name() + ".drv", hash, derivation.references()))
        .isEqualTo(each.get("drv_fingerprint").asString());
    checkFields(each, derivation);
    checkHashes(each, derivation, hasher);
    derivation.check(hasher);
    assertThat(stripped(derivation).withComputedOutputs(hasher)).isEqualTo(derivation);
  }

  private static void checkFields(JsonNode each, Derivation derivation) {
    List<String> outputs = new ArrayList<>();
    each.get("outputs")
        .properties()
        .forEach(
            output -> {
              outputs.add(output.getKey());
              assertThat(derivation.outputPath(output.getKey()).map(StorePath::toString).orElse(""))
                  .isEqualTo(output.getValue().get("path").asString());
            });
    assertThat(derivation.outputs().keySet()).containsExactlyInAnyOrderElementsOf(outputs);
    Map<String, List<String>> inputs = new HashMap<>();
    each.get("input_drvs")
        .properties()
        .forEach(
            input ->
                inputs.put(
                    input.getKey(),
                    input.getValue().valueStream().map(JsonNode::asString).toList()));
    Map<String, List<String>> actual = new HashMap<>();
    derivation
        .inputDerivations()
        .forEach((path, names) -> actual.put(path.toString(), List.copyOf(names)));
    assertThat(actual).isEqualTo(inputs);
    assertThat(derivation.inputSources().stream().map(StorePath::toString))
        .containsExactlyElementsOf(
            each.get("input_srcs").valueStream().map(JsonNode::asString).toList());
    assertThat(derivation.system()).isEqualTo(Vectors.byteString(each, "system"));
    assertThat(derivation.builder()).isEqualTo(Vectors.byteString(each, "builder"));
    assertThat(derivation.args())
        .isEqualTo(each.get("args").valueStream().map(Vectors::byteString).toList());
    List<List<ByteString>> env = new ArrayList<>();
    derivation.env().forEach((key, value) -> env.add(List.of(key, value)));
    assertThat(env)
        .isEqualTo(
            each.get("env")
                .valueStream()
                .map(pair -> pair.valueStream().map(Vectors::byteString).toList())
                .toList());
  }

  private static void checkHashes(JsonNode each, Derivation derivation, DerivationHasher hasher)
      throws Exception {
    HashModulo unmasked = hasher.unmasked(derivation);
    HashModulo masked = hasher.masked(derivation);
    String type = each.get("type").asString();
    assertThat(unmasked.deferred()).isEqualTo(type.equals("floating") || type.equals("deferred"));
    assertThat(each.has("hash_modulo")).isEqualTo(!unmasked.deferred());
    if (each.has("hash_modulo")) {
      each.get("hash_modulo")
          .properties()
          .forEach(
              output ->
                  assertThat(unmasked.of(output.getKey()).toHex())
                      .isEqualTo(output.getValue().asString()));
    }
    assertThat(each.has("hash_modulo_masked")).isEqualTo(type.equals("input-addressed"));
    if (each.has("hash_modulo_masked")) {
      for (Hash hash : masked.hashes().values()) {
        assertThat(hash.toHex()).isEqualTo(each.get("hash_modulo_masked").asString());
      }
    }
  }

  /// The derivation without what is computed: paths of outputs and the variables that hold them.
  private static Derivation stripped(Derivation derivation) {
    var outputs = new java.util.TreeMap<>(derivation.outputs());
    outputs.replaceAll(
        (_, output) ->
            output instanceof DerivationOutput.InputAddressed
                ? new DerivationOutput.Deferred()
                : output);
    var env = new java.util.TreeMap<>(derivation.env());
    outputs.keySet().forEach(output -> env.remove(ByteString.of(output)));
    return new Derivation(
        derivation.name(),
        outputs,
        derivation.inputDerivations(),
        derivation.inputSources(),
        derivation.system(),
        derivation.builder(),
        derivation.args(),
        env);
  }

  @Test
  void eachDerivationIsReadOnce() throws Exception {
    reads = 0;
    DerivationHasher hasher = new DerivationHasher(DerivationVectorsTest::source);
    int inputAddressed = 0;
    for (Derivation derivation : all.values()) {
      hasher.masked(derivation);
      if (derivation.outputs().firstEntry().getValue() instanceof DerivationOutput.InputAddressed) {
        inputAddressed++;
      }
    }
    assertThat(reads).isPositive().isLessThanOrEqualTo(DERIVATIONS);
    assertThat(inputAddressed).isEqualTo(INPUT_ADDRESSED);
  }

  @TestFactory
  Stream<DynamicTest> malformedDerivationsAreRefused() throws Exception {
    JsonNode vectors = Vectors.json("drv/malformed.json");
    String name = vectors.get("derivation_name").asString();
    return Vectors.each(
        vectors.get("cases"),
        MALFORMED,
        each -> each.get("id").asString(),
        each -> {
          byte[] bytes = each.get("drv_b64").binaryValue();
          boolean accepted =
              each.get("nix_accepts").asBoolean() && !LAX.contains(each.get("id").asString());
          if (accepted) {
            register(bytes, name);
          } else {
            assertThatThrownBy(() -> register(bytes, name))
                .isInstanceOfSatisfying(
                    DerivationException.class,
                    e ->
                        assertThat(e)
                            .hasMessage(e.problem().message())
                            .hasMessageNotContaining("\n"));
          }
        });
  }

  private static void register(byte[] bytes, String name) throws IOException, DerivationException {
    Derivation.parse(bytes, name).check(new DerivationHasher(DerivationVectorsTest::source));
  }
}
