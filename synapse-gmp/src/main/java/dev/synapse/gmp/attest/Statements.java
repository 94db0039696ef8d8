package dev.synapse.gmp.attest;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.record.BatchEvent;
import dev.synapse.gmp.record.BatchOutput;
import dev.synapse.gmp.record.BatchRecord;
import dev.synapse.gmp.record.BatchResult;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What is stated of a batch. The subjects are its outputs; the digest of each is that of its
/// archive, which `synapse store dump` writes.
///
/// @param components what the lock names
/// @see <a href="https://github.com/in-toto/attestation/tree/main/spec/v1">in-toto Statement v1</a>
public record Statements(BatchRecord batch, BatchResult result, Collection<Component> components) {
  /// The type of every statement.
  public static final String TYPE = "https://in-toto.io/Statement/v1";

  static final String PROVENANCE = "https://slsa.dev/provenance/v1";
  static final String TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1";
  static final String SUMMARY = "https://slsa.dev/verification_summary/v1";
  static final String SIMPLE_RESULT = "https://in-toto.io/attestation/svr/v0.1";
  static final String BOM = "https://cyclonedx.org/bom";
  private static final String VERIFIER = "urn:synapse:gate";
  private static final String BUILD_TYPE = "urn:synapse:derivation:v1";
  private static final String SHA256 = "sha256";

  /// Copies.
  public Statements {
    components = List.copyOf(components);
  }

  private byte[] statement(String predicateType, Object predicate) {
    Map<String, Object> statement = new LinkedHashMap<>();
    statement.put("_type", TYPE);
    statement.put("subject", result.outputs().values().stream().map(Statements::subject).toList());
    statement.put("predicateType", predicateType);
    statement.put("predicate", predicate);
    return CanonicalJson.of(statement).getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> subject(BatchOutput output) {
    return Map.of("name", output.path().baseName(), "digest", Map.of(SHA256, hex(output)));
  }

  static String hex(BatchOutput output) {
    try {
      return Hash.parse(output.narHash()).toHex();
    } catch (HashFormatException e) {
      throw new IllegalStateException("a record holds a hash that is none", e);
    }
  }

  private static String digest(String text) {
    return Hash.of(HashAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8)).toHex();
  }

  private static Map<String, Object> resource(String uri, String name, String sha256) {
    return Map.of("uri", uri, "name", name, "digest", Map.of(SHA256, sha256));
  }

  /// How the outputs were made, with the whole lock and every source as dependencies.
  ///
  /// @see <a href="https://slsa.dev/spec/v1.1/provenance">SLSA Provenance v1</a>
  public byte[] provenance() {
    List<Object> dependencies = new ArrayList<>();
    components.forEach(
        each -> dependencies.add(resource(each.uri(), each.name(), each.sha256().toHex())));
    result
        .components()
        .forEach(
            each ->
                dependencies.add(
                    resource("file://" + each.path(), each.path().baseName(), hex(each))));
    BatchEvent event = batch.event();
    Map<String, Object> definition =
        Map.of(
            "buildType",
            BUILD_TYPE,
            "externalParameters",
            Map.of(
                "package",
                result.subject().name(),
                "version",
                result.subject().version(),
                "derivation",
                result.subject().derivation().toString()),
            "internalParameters",
            Map.of(
                "engine",
                event.room().engine(),
                "sandbox",
                event.room().sandbox().orElse("not used: nothing was built")),
            "resolvedDependencies",
            dependencies);
    Map<String, Object> details =
        Map.of(
            "builder",
            Map.of(
                "id",
                "urn:synapse:builder:" + event.room().host(),
                "version",
                Map.of("synapse", event.room().synapse())),
            "metadata",
            Map.of(
                "invocationId",
                batch.id().toString(),
                "startedOn",
                event.started().toString(),
                "finishedOn",
                event.finished().toString()),
            "byproducts",
            List.of(Map.of("name", "result.json", "digest", Map.of(SHA256, batch.result()))));
    return statement(PROVENANCE, Map.of("buildDefinition", definition, "runDetails", details));
  }

  /// What the tests of the build said; absent figures are a failure, not a pass.
  ///
  /// @see <a
  ///   href="https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md">Test
  ///   Result v0.1</a>
  public byte[] testResult() {
    List<String> failed = new ArrayList<>();
    JsonNode tests = result.report().path("tests");
    for (JsonNode module : tests.path("modules").values()) {
      module.path("failures").values().forEach(name -> failed.add(name.stringValue()));
    }
    boolean ran = tests.path("executed").asLong(0) > 0;
    String gate = CanonicalJson.of(result.gate());
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("result", !ran || !failed.isEmpty() ? "FAILED" : "PASSED");
    predicate.put(
        "configuration", List.of(Map.of("name", "gate", "digest", Map.of(SHA256, digest(gate)))));
    predicate.put("failedTests", failed);
    return statement(TEST_RESULT, predicate);
  }

  /// What the gate, and people, decided.
  ///
  /// @param inputs the other statements that it rests on, by name
  /// @see <a href="https://slsa.dev/spec/v1.1/verification_summary">SLSA VSA v1</a>
  public byte[] summary(Map<String, Envelope> inputs) {
    List<Object> attestations = new ArrayList<>();
    inputs.forEach(
        (name, envelope) ->
            attestations.add(
                Map.of(
                    "uri",
                    "urn:synapse:attestation:" + name,
                    "digest",
                    Map.of(SHA256, digest(envelope.toJson())))));
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put(
        "verifier",
        Map.of("id", VERIFIER, "version", Map.of("synapse", batch.event().room().synapse())));
    predicate.put("timeVerified", batch.event().finished().toString());
    predicate.put("resourceUri", "file://" + result.subject().derivation());
    predicate.put("policy", policy());
    predicate.put("inputAttestations", attestations);
    predicate.put("verificationResult", batch.standing().released() ? "PASSED" : "FAILED");
    predicate.put("verifiedLevels", levels());
    predicate.put("slsaVersion", "1.1");
    return statement(SUMMARY, predicate);
  }

  /// What holds of what is released: the stage and the mode, and that a second build gave the same
  /// bytes. Nothing of what is not.
  private List<String> levels() {
    List<String> levels = new ArrayList<>();
    if (batch.standing().released()) {
      JsonNode gate = result.gate();
      levels.add(
          "SYNAPSE_STAGE_%s_%s"
              .formatted(gate.path("stage").asString(""), gate.path("mode").asString(""))
              .toUpperCase(Locale.ROOT));
      batch
          .event()
          .judged()
          .repeated()
          .filter(same -> same)
          .ifPresent(_ -> levels.add("SLSA_BUILD_REPRODUCED"));
    }
    return levels;
  }

  private Map<String, Object> policy() {
    JsonNode gate = result.gate();
    return Map.of(
        "uri",
        "urn:synapse:policy:" + gate.path("stage").asString(""),
        "digest",
        Map.of(SHA256, digest(CanonicalJson.of(gate))));
  }

  /// The verdict as the properties that hold: none of what is not released.
  ///
  /// @see <a href="https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md">Simple
  ///   Verification Result v0.1</a>
  public byte[] simpleResult() {
    return statement(
        SIMPLE_RESULT,
        Map.of(
            "verifier", Map.of("id", VERIFIER, "policy", policy()),
            "timeCreated", batch.event().finished().toString(),
            "properties", levels()));
  }

  /// The bill of materials as a statement.
  public byte[] bom(JsonNode bom) {
    return statement(BOM, bom);
  }
}
