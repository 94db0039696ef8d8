package dev.synapse.gmp.attest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synapse.build.lock.Lock;
import dev.synapse.build.lock.LockedDeb;
import dev.synapse.build.lock.LockedFile;
import dev.synapse.build.lock.LockedInput;
import dev.synapse.build.lock.LockedMaven;
import dev.synapse.build.lock.LockedToolchain;
import dev.synapse.build.manifest.Debian;
import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.record.BatchEvent;
import dev.synapse.gmp.record.BatchOutput;
import dev.synapse.gmp.record.BatchRecord;
import dev.synapse.gmp.record.BatchResult;
import dev.synapse.gmp.record.BatchRoom;
import dev.synapse.gmp.record.BatchStore;
import dev.synapse.gmp.record.BatchSubject;
import dev.synapse.gmp.sign.KeyKind;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Statements about a batch, as programs of others read them.
final class AttestationsTest {
  private static final Path PEERS = Path.of("src/test/peers");
  private static final Hash HASH = Hash.of(HashAlgorithm.SHA256, "content".getBytes(UTF_8));
  private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path folder;

  private static BatchResult result(boolean tested) throws Exception {
    StorePath out = StorePath.parse("/nix/store/00000000000000000000000000000000-demo");
    StorePath source = StorePath.parse("/nix/store/22222222222222222222222222222222-source");
    Object report =
        tested
            ? Map.of(
                "tests", Map.of("executed", 2, "modules", List.of(Map.of("failures", List.of()))))
            : Map.of("tests", Map.of("executed", 0, "modules", List.of()));
    return new BatchResult(
        new BatchSubject(
            "demo",
            "1.0",
            StorePath.parse("/nix/store/11111111111111111111111111111111-demo.drv"),
            Optional.empty()),
        List.of(new BatchOutput(source, HASH.toSri(), 7)),
        new TreeMap<>(Map.of("out", new BatchOutput(out, HASH.toSri(), 120))),
        CanonicalJson.node(report),
        CanonicalJson.node(Map.of("stage", "growth", "mode", "strict")));
  }

  private BatchRecord record(BatchResult result, Disposition disposition) throws Exception {
    BatchStore store = BatchStore.in(folder);
    BatchEvent event =
        new BatchEvent(
            "ada",
            NOW,
            NOW.plusSeconds(9),
            new BatchRoom("host", "Linux", "0.1.0", "synapse", Optional.of("full")),
            new BatchEvent.Judged(disposition, true, Optional.of(true), false),
            List.of());
    String id = store.append(result, event).toString();
    return store.ledger().require(id);
  }

  private static Lock lock() {
    LockedFile jar = new LockedFile("central", "org/ow2/asm/asm/9.8/asm-9.8.jar", HASH, 1);
    LockedFile pom = new LockedFile("central", "org/ow2/asm/asm/9.8/asm-9.8.pom", HASH, 1);
    LockedFile deb = new LockedFile("debian", "pool/main/g/g++/g++_1.0+b1~1_amd64.deb", HASH, 1);
    return new Lock(
        new TreeMap<>(
            Map.of(
                "data",
                new LockedInput.Url(
                    List.of("https://example.org/data"), "data", false, HASH, HASH))),
        new TreeMap<>(
            Map.of(
                "tools",
                new LockedToolchain(
                    new Debian(
                        "trixie",
                        List.of("g++"),
                        Debian.DEFAULT_COMPONENTS,
                        Debian.DEFAULT_ARCHITECTURE),
                    new TreeMap<>(),
                    HASH,
                    HASH,
                    List.of(new LockedDeb("g++", "4:1.0+b1~1", deb))))),
        new TreeMap<>(Map.of("demo", new LockedMaven(List.of("verify"), List.of(jar, pom)))));
  }

  private Attestations made(SignKey key, Disposition disposition) throws Exception {
    BatchResult result = result(true);
    var components = Component.of(lock());
    JsonNode bom = BillOfMaterials.of(result, components, result.outputs().values());
    return Attestations.sign(
        new Statements(record(result, disposition), result, components), bom, key);
  }

  private Path written(SignKey key) throws Exception {
    Path out = folder.resolve("out");
    made(key, Disposition.RELEASED).write(out, key);
    return out;
  }

  private static JsonNode predicate(Attestations made, SignKey key, String name) throws Exception {
    return requireNonNull(made.envelopes().get(name)).verify(key.verifyKey()).required("predicate");
  }

  record Said(int exit, String text) {}

  private static Said run(Path in, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Said(process.waitFor(), text);
  }

  private static Path tampered(Path file, String kind) throws IOException {
    String text = Files.readString(file);
    // A letter in the middle of the payload, or a word that the schema does not know.
    int middle = text.indexOf("\"payload\":\"") + 200;
    String changed =
        kind.equals("bom")
            ? text.replace("\"SHA-256\"", "\"SHA-257\"")
            : text.substring(0, middle)
                + (text.charAt(middle) == 'A' ? 'B' : 'A')
                + text.substring(middle + 1);
    assertThat(changed).isNotEqualTo(text);
    return Files.writeString(file.resolveSibling("tampered-" + file.getFileName()), changed);
  }

  @ParameterizedTest
  @CsvSource({
    "ED25519, dsse, provenance.dsse.json",
    "ED25519, dsse, test-result.dsse.json",
    "ED25519, dsse, verdict.dsse.json",
    "ED25519, dsse, sbom.dsse.json",
    "ED25519, dsse, svr.dsse.json",
    "ED25519, bundle, provenance.sigstore.json",
    "ED25519, bundle, verdict.sigstore.json",
    "ED25519, bundle, svr.sigstore.json",
    "ED25519, bom, sbom.cdx.json",
    "ECDSA_P256, dsse, provenance.dsse.json",
    "ECDSA_P256, bundle, provenance.sigstore.json",
  })
  void librariesOfOthersAcceptItAndRefuseATamperedCopy(KeyKind kind, String what, String name)
      throws Exception {
    assumeTrue(
        Files.isDirectory(PEERS.resolve("node_modules")),
        "npm install in src/test/peers fetches the libraries to compare with");
    Path out = written(SignKey.generate(kind));
    Path file = out.resolve(name);
    String key = out.resolve("key.pem").toString();

    Said good = run(PEERS, "node", "check.mjs", what, file.toString(), key);
    assertThat(good).isEqualTo(new Said(0, "accepted\n"));
    Said bad = run(PEERS, "node", "check.mjs", what, tampered(file, what).toString(), key);
    assertThat(bad.exit()).isEqualTo(1);
    assertThat(bad.text()).startsWith("refused: ");
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void opensslAcceptsTheSignatureAndRefusesAnotherText(KeyKind kind) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "there is no openssl here");
    SignKey key = SignKey.generate(kind);
    Envelope envelope =
        requireNonNull(made(key, Disposition.RELEASED).envelopes().get("provenance"));
    Path pem = Files.writeString(folder.resolve("key.pem"), key.verifyKey().pem());
    Path text = Files.write(folder.resolve("text"), envelope.signed());
    Path signature =
        Files.write(
            folder.resolve("signature"), envelope.signatures().getFirst().bytes().toByteArray());
    List<String> command = new ArrayList<>(List.of("openssl", "pkeyutl", "-verify", "-pubin"));
    command.addAll(List.of("-inkey", pem + "", "-rawin", "-in", text + ""));
    command.addAll(List.of("-sigfile", signature + ""));

    assertThat(run(folder, command.toArray(String[]::new)).text())
        .contains("Signature Verified Successfully");
    Files.writeString(text, "x", java.nio.file.StandardOpenOption.APPEND);
    assertThat(run(folder, command.toArray(String[]::new)).exit()).isNotZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"provenance", "verdict", "svr"})
  void cosignAcceptsTheBundleAndRefusesATamperedCopy(String name) throws Exception {
    Path cosign = Path.of("/usr/bin/cosign");
    assumeTrue(Files.isExecutable(cosign), "there is no cosign here");
    SignKey key = SignKey.generate(KeyKind.ECDSA_P256);
    Path out = written(key);
    // The subject's digest is that of its archive: here the archive is the text that was hashed.
    Path blob = Files.writeString(out.resolve("blob"), "content");
    String type =
        requireNonNull(
            Map.of(
                    "provenance", Statements.PROVENANCE,
                    "verdict", Statements.SUMMARY,
                    "svr", Statements.SIMPLE_RESULT)
                .get(name));
    Path bundle = out.resolve(name + ".sigstore.json");

    Said good = cosign(cosign, out, type, bundle, blob);
    assertThat(good.exit()).as(good.text()).isZero();
    assertThat(cosign(cosign, out, type, tampered(bundle, "bundle"), blob).exit()).isNotZero();
    Path other = Files.writeString(out.resolve("other"), "another content");
    assertThat(cosign(cosign, out, type, bundle, other).exit()).isNotZero();
  }

  private static Said cosign(Path cosign, Path out, String type, Path bundle, Path blob)
      throws IOException, InterruptedException {
    // Without it cosign fetches one: nothing here is in a public log.
    Path trusted =
        Files.writeString(
            out.resolve("trusted.json"),
            "{\"mediaType\":\"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}");
    return run(
        out,
        cosign.toString(),
        "verify-blob-attestation",
        "--key",
        "key.pem",
        "--type",
        type,
        "--bundle",
        bundle.toString(),
        "--new-bundle-format",
        "--trusted-root",
        trusted.toString(),
        "--insecure-ignore-tlog=true",
        blob.toString());
  }

  @Test
  void namesTheWholeLockAndEverySourceAsDependencies() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ED25519);
    JsonNode provenance = predicate(made(key, Disposition.RELEASED), key, "provenance");
    List<String> uris = new ArrayList<>();
    provenance
        .required("buildDefinition")
        .required("resolvedDependencies")
        .values()
        .forEach(each -> uris.add(each.required("uri").asString()));

    assertThat(uris)
        .containsExactly(
            "https://example.org/data",
            "pkg:deb/debian/g%2B%2B@4:1.0%2Bb1~1?arch=amd64&distro=trixie",
            "pkg:maven/org.ow2.asm/asm@9.8",
            "pkg:maven/org.ow2.asm/asm@9.8?type=pom",
            "file:///nix/store/22222222222222222222222222222222-source");
  }

  @Test
  void statesWhatTheGateAndTheTestsSaid() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ED25519);
    JsonNode passed = predicate(made(key, Disposition.RELEASED), key, "verdict");
    assertThat(passed.required("verificationResult").asString()).isEqualTo("PASSED");
    assertThat(passed.required("verifiedLevels").toString())
        .isEqualTo("[\"SYNAPSE_STAGE_GROWTH_STRICT\",\"SLSA_BUILD_REPRODUCED\"]");
    Attestations rejected = made(key, Disposition.REJECTED);
    JsonNode failed = predicate(rejected, key, "verdict");
    assertThat(failed.required("verificationResult").asString()).isEqualTo("FAILED");
    assertThat(failed.required("verifiedLevels")).isEmpty();
    assertThat(predicate(rejected, key, "test-result").required("result").asString())
        .isEqualTo("PASSED");

    BatchResult untested = result(false);
    Statements none = new Statements(record(untested, Disposition.RELEASED), untested, List.of());
    assertThat(CanonicalJson.parse(none.testResult()).at("/predicate/result").asString())
        .isEqualTo("FAILED");
  }

  @Test
  void theSimpleResultNamesTheVerifierTheTimeAndOnlyWhatHolds() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ED25519);
    JsonNode released = predicate(made(key, Disposition.RELEASED), key, "svr");
    assertThat(released.propertyNames())
        .containsExactlyInAnyOrder("verifier", "timeCreated", "properties");
    assertThat(released.at("/verifier/id").asString()).isEqualTo("urn:synapse:gate");
    assertThat(released.at("/verifier/policy/uri").asString())
        .isEqualTo("urn:synapse:policy:growth");
    assertThat(Instant.parse(released.required("timeCreated").asString()))
        .isEqualTo(NOW.plusSeconds(9));
    assertThat(released.required("properties").toString())
        .isEqualTo("[\"SYNAPSE_STAGE_GROWTH_STRICT\",\"SLSA_BUILD_REPRODUCED\"]");
    assertThat(predicate(made(key, Disposition.REJECTED), key, "svr").required("properties"))
        .isEmpty();
  }

  @Test
  void readsEnvelopesAndBundlesAndTrustsNoOtherKey() throws Exception {
    SignKey key = SignKey.generate(KeyKind.ED25519);
    Path out = written(key);
    for (String name : List.of("verdict.dsse.json", "verdict.sigstore.json")) {
      Envelope read = Envelope.parse(Files.readAllBytes(out.resolve(name)));
      assertThat(read.verify(key.verifyKey()).required("predicateType").asString())
          .isEqualTo(Statements.SUMMARY);
      assertThatThrownBy(() -> read.verify(SignKey.generate(KeyKind.ED25519).verifyKey()))
          .isInstanceOf(AttestException.class)
          .hasMessageStartingWith("the attestation: not signed by the key SHA256:");
      Envelope changed = Envelope.parse(Files.readAllBytes(tampered(out.resolve(name), "dsse")));
      assertThatThrownBy(() -> changed.verify(key.verifyKey())).isInstanceOf(AttestException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"mediaType\":\"other\"}",
        "{\"payloadType\":\"x\",\"payload\":\"!\",\"signatures\":[]}",
        "{\"payloadType\":\"x\",\"payload\":\"\",\"signatures\":[{}]}",
      })
  void refusesWhatIsNoEnvelope(String text) {
    assertThatThrownBy(() -> Envelope.parse(text.getBytes(UTF_8)))
        .isInstanceOf(AttestException.class);
  }

  @Test
  void givesTheSameBillForTheSameBatch() throws Exception {
    BatchResult result = result(true);
    var components = Component.of(lock());
    String first =
        CanonicalJson.of(BillOfMaterials.of(result, components, result.outputs().values()));
    assertThat(first)
        .isEqualTo(
            CanonicalJson.of(BillOfMaterials.of(result, components, result.outputs().values())))
        .contains("\"serialNumber\":\"urn:uuid:");
  }
}
