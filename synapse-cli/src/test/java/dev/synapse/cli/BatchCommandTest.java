package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.gmp.record.Decision;
import dev.synapse.gmp.sign.KeyKind;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.store.derivation.Derivation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Records of builds that were judged, and what they allow.
final class BatchCommandTest {
  @TempDir private Path temporary;
  private PreparedProject project;
  private Session session;
  private final SignKey grace = SignKey.generate(KeyKind.ED25519);

  @BeforeEach
  void prepare() throws Exception {
    project = PreparedProject.in(temporary);
    session = project.session();
  }

  private Derivation good(String mode) throws Exception {
    return project.gated("growth", mode).built(project.report(10, 0, 90, 10));
  }

  private Derivation bad(String mode) throws Exception {
    return project.gated("growth", mode).built(project.report(1, 1, 10, 90));
  }

  private JsonNode build() {
    return session.run("build", "--json").json();
  }

  private String id() {
    JsonNode list = session.run("batch", "list", "--json").json();
    return list.get(list.size() - 1).required("id").asString();
  }

  private void byPerson() throws Exception {
    Path manifest = session.folder().resolve("synapse.toml");
    Files.writeString(manifest, Files.readString(manifest) + "release = \"person\"\n");
  }

  private Session.Result push(Derivation plan) {
    return session.run(
        "cache",
        "push",
        temporary.resolve("cache").toUri().toString(),
        plan.outputPath("out").orElseThrow().toString());
  }

  private Session.Result decide(String verb, String name, String... more) throws Exception {
    Path keys = Files.createDirectories(session.storeFolder().resolve("synapse/keys"));
    Files.writeString(
        keys.resolve("allowed_signers"),
        "grace namespaces=\"synapse-gmp\" " + grace.verifyKey().line() + "\n");
    Path key = session.write("key", grace.toOpenSsh("grace"));
    return session.run(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(
                    "batch", verb, id(), "--by", name, "--key", key.toString()),
                java.util.stream.Stream.of(more))
            .toArray(String[]::new));
  }

  private Path trail() {
    return session.storeFolder().resolve("synapse/batches/trail.jsonl");
  }

  @ParameterizedTest
  @CsvSource({
    "true, strict, released, 0",
    "false, warn, released with deviations, 0",
    "false, strict, rejected, 1",
  })
  void everyJudgedBuildIsABatch(boolean sound, String mode, String standing, int status)
      throws Exception {
    Derivation plan = sound ? good(mode) : bad(mode);
    var result = session.run("build", "--json");
    assertThat(result.status()).as(result.err()).isEqualTo(status);
    String id = result.json().required("batch").asString();
    assertThat(id).matches("batch_000001_[0-9a-f]{8}");
    assertThat(result.json().required("disposition").asString()).isEqualTo(standing);

    JsonNode listed = session.run("batch", "list", "--json").json().get(0);
    assertThat(listed.required("id").asString()).isEqualTo(id);
    assertThat(listed.required("standing").asString()).isEqualTo(standing);
    JsonNode shown = session.run("batch", "show", id, "--json").json();
    assertThat(shown.required("result").required("derivation").asString())
        .isEqualTo(plan.storePath().toString());
    assertThat(shown.required("event").required("deviations").isEmpty()).isEqualTo(sound);
    assertThat(shown.at("/result/definitions/test_coverage").asString())
        .isEqualTo("line-coverage/1");
    assertThat(shown.at("/result/tools").propertyNames())
        .containsExactly(
            "synapse-build",
            "synapse-cli",
            "synapse-events",
            "synapse-gmp",
            "synapse-sandbox",
            "synapse-store");
    assertThat(shown.at("/result/tools/synapse-gmp").asString()).matches("[0-9a-f]{64}");
    assertThat(session.run("batch", "show", id).out())
        .startsWith(id + ": " + standing + "\n")
        .contains("test_coverage", "Performed by");
    assertThat(session.run("batch", "list").out()).contains(id, standing, "demo");
    assertThat(session.run("batch", "verify").out())
        .isEqualTo("1 entries, 1 batches, 1 signed heads: sound\n");
  }

  @Test
  void whatIsOnlyJudgedAgainIsNoNewBatchUntilTheJudgementIsAnother() throws Exception {
    good("strict");
    String id = build().required("batch").asString();
    assertThat(build().required("batch").asString()).isEqualTo(id);
    Path manifest = session.folder().resolve("synapse.toml");
    Files.writeString(manifest, Files.readString(manifest).replace("growth", "strict"));

    JsonNode again = build();
    assertThat(again.required("batch").asString()).startsWith("batch_000002_");
    assertThat(again.required("disposition").asString()).isEqualTo("rejected");
    assertThat(session.run("batch", "list").out().lines()).hasSize(2);
  }

  @Test
  void aPackageWithoutGateIsNoBatch() throws Exception {
    Derivation plan = project.built("contents");
    assertThat(build().required("batch").isNull()).isTrue();
    assertThat(trail()).doesNotExist();
    assertThat(push(plan).status()).isZero();
    assertThat(session.run("batch", "list").out()).isEmpty();
    assertThat(session.run("batch", "verify").status()).isZero();
  }

  @Test
  void whatIsRejectedIsNotPushed() throws Exception {
    Derivation plan = bad("strict");
    String id = build().required("batch").asString();
    var result = push(plan);
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .isEqualTo(
            "error: '%s' is rejected by %s: only what is released may be shared\nhint: synapse batch show %s\n"
                .formatted(plan.outputPath("out").orElseThrow(), id, id));
    assertThat(temporary.resolve("cache")).doesNotExist();
  }

  @Test
  void whatASecondPersonHasToReleaseIsPushedOnlyThen() throws Exception {
    Derivation plan = good("strict");
    byPerson();
    var built = session.run("build");
    assertThat(built.status()).as(built.err()).isZero();
    assertThat(built.err()).contains("quarantined: a second person has to release ");
    assertThat(push(plan).err()).contains("is quarantined by ");

    assertThat(decide("release", "grace", "--meaning", "reviewed").err())
        .isEqualTo(id() + " is released by grace\n");
    assertThat(push(plan).status()).isZero();
    assertThat(build().required("disposition").asString()).isEqualTo("released");
    assertThat(session.run("batch", "show", id()).out())
        .contains("release by grace at ", ", meaning: reviewed");
  }

  @Test
  void whatAPersonRejectedIsNeitherLinkedNorPushedWhateverItsGateSays() throws Exception {
    Derivation plan = good("strict");
    build();
    assertThat(session.folder().resolve("result")).isSymbolicLink();
    assertThat(decide("reject", "grace", "--meaning", "wrong input").status()).isZero();

    var result = session.run("build");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("rejected by a person");
    assertThat(session.folder().resolve("result")).doesNotExist();
    assertThat(push(plan).status()).isEqualTo(1);
  }

  @Test
  void nobodyReleasesWithoutMeaningUnderAnotherNameOrTheirOwnBatch() throws Exception {
    good("strict");
    byPerson();
    build();
    assertThat(decide("release", "grace").err()).contains("needs --by NAME and --meaning TEXT");
    assertThat(decide("release", "ada", "--meaning", "ok").err())
        .contains("no allowed signer 'ada' has the key");
    String actor = System.getProperty("user.name");
    Path keys = session.storeFolder().resolve("synapse/keys/allowed_signers");
    Files.writeString(keys, actor + " " + grace.verifyKey().line() + "\n");
    var own =
        session.run(
            "batch",
            "release",
            id(),
            "--by",
            actor,
            "--meaning",
            "ok",
            "--key",
            session.folder().resolve("key").toString());
    assertThat(own.status()).isEqualTo(1);
    assertThat(own.err()).contains("was built by '%s': another person".formatted(actor));
    Files.delete(keys);
    assertThat(
            session
                .run("batch", "release", id(), "--by", "x", "--meaning", "y", "--key", "key")
                .err())
        .contains("nobody may decide yet");
    assertThat(session.run("batch", "show", "batch_000009_00000000").status()).isEqualTo(2);
  }

  @Test
  void namesTheFirstEntryThatWasChangedAndACutEnd() throws Exception {
    good("strict");
    build();
    Path head =
        Files.copy(
            session.storeFolder().resolve("synapse/batches/head.json"), temporary.resolve("h"));
    decide("reject", "grace", "--meaning", "wrong input");
    List<String> lines = Files.readAllLines(trail());
    Path newest = session.storeFolder().resolve("synapse/batches/head.json");

    Files.writeString(trail(), lines.getFirst() + "\n");
    var cut = session.run("batch", "verify");
    assertThat(cut.status()).isEqualTo(1);
    assertThat(cut.err()).contains("is broken at line 2: it is missing: a signed head names 2");
    Files.delete(newest); // who cuts the end can remove that too
    assertThat(session.run("batch", "verify", "--head", head.toString()).status()).isZero();

    Files.writeString(
        trail(), lines.getFirst().replace("growth", "gRowth").replace("demo", "dEmo"));
    Files.writeString(trail(), "\n", java.nio.file.StandardOpenOption.APPEND);
    var changed = session.run("batch", "verify", "--head", head.toString(), "--json");
    assertThat(changed.status()).isEqualTo(1);
    assertThat(changed.json().required("broken").asString()).contains("is broken at line 1");
  }

  @Test
  void exportsACompleteCopy() throws Exception {
    good("strict");
    build();
    var result = session.run("batch", "export", id(), "--out", "copy");
    assertThat(result.status()).as(result.err()).isZero();
    Path copy = session.folder().resolve("copy");
    assertThat(copy.resolve("record.html")).content().contains(id(), "<th>Components</th>");
    assertThat(copy)
        .isDirectoryContaining("glob:**/result.json")
        .isDirectoryContaining("glob:**/event.json")
        .isDirectoryContaining("glob:**/synapse.lock")
        .isDirectoryContaining("glob:**/trail.jsonl")
        .isDirectoryContaining("glob:**/head.json")
        .isDirectoryContaining("glob:**/trail.pub");
    assertThat(session.run("batch", "export", id(), "--out", "copy").status()).isEqualTo(2);
  }

  @Test
  void whatIsSignedElsewhereDecidesOnlyWhatItSays() throws Exception {
    good("strict");
    byPerson();
    build();
    decide("release", "grace"); // only to have the signers written
    var printed =
        session.run("batch", "release", id(), "--print", "--by", "grace", "--meaning", "reviewed");
    assertThat(printed.status()).as(printed.err()).isZero();
    Path text = Files.write(session.folder().resolve("decision"), printed.bytes());
    Decision decision = Decision.parseMessage(printed.bytes());
    assertThat(decision.by()).isEqualTo("grace");
    assertThat(decision.meaning()).isEqualTo("reviewed");
    Path signature =
        Files.writeString(
            session.folder().resolve("decision.sig"), decision.sign(grace).signature());

    var other = session.run("batch", "reject", id(), "--signed", text.toString());
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.err()).contains("what was signed is not to reject " + id());
    Path signers = Files.writeString(session.folder().resolve("signers"), "");
    var unknown =
        session.run(
            "batch",
            "release",
            id(),
            "--signed",
            text.toString(),
            "--allowed-signers",
            signers.toString());
    assertThat(unknown.status()).isEqualTo(1);
    assertThat(session.run("batch", "release", id(), "--signed", text.toString()).err())
        .isEqualTo(id() + " is released by grace\n");
    Files.delete(signature);
    assertThat(session.run("batch", "release", id(), "--signed", text.toString()).status())
        .isEqualTo(2);
    assertThat(session.run("batch", "release", id()).err())
        .contains("there is nothing to sign with: give --key FILE or --signed FILE");
  }

  @Test
  void aWriteThatWasInterruptedIsSaidAndBreaksNothing() throws Exception {
    good("strict");
    build();
    assertThat(session.run("batch", "export", id(), "--out", "copy").status()).isZero();
    Path key = session.folder().resolve("copy/trail.pub");
    Files.writeString(trail(), "{\"half", java.nio.file.StandardOpenOption.APPEND);

    var result = session.run("batch", "verify", "--key", key.toString());

    assertThat(result.err())
        .contains("warning: 6 bytes of an unfinished entry at the end: a write was interrupted");
    assertThat(result.status()).as(result.err()).isZero();
  }
}
