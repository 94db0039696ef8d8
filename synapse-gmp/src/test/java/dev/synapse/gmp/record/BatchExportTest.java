package dev.synapse.gmp.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.record.Decision.Verb;
import dev.synapse.gmp.sign.AllowedSigners;
import dev.synapse.gmp.sign.KeyKind;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.VerifyKey;
import dev.synapse.gmp.verdict.Disposition;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A copy of a batch record holds all of it, as a page and as documents that check by themselves.
final class BatchExportTest {
  private static final byte[] LOCK = "{\"locked\":1}".getBytes(StandardCharsets.UTF_8);

  private static final String GATE =
      """
      {"stage":"growth","limits":[
      {"metric":"test_coverage","value":84.1,"limit":80,"met":true},
      {"metric":"test_pass_rate","value":0.5,"limit":80,"met":false},
      {"metric":"magic_numbers","value":null,"limit":80,"met":null}]}
      """;

  @TempDir Path folder;
  private BatchStore store;
  private Path copy;

  @BeforeEach
  void open() {
    store = BatchStore.in(folder.resolve("store"));
    copy = folder.resolve("copies/one");
  }

  private static BatchResult result(Optional<String> lock) throws Exception {
    return new BatchResult(
        new BatchSubject("<demo>", "1.0", Samples.DERIVATION, lock),
        List.of(new BatchOutput(Samples.path("2".repeat(32) + "-source"), "sha256-s=", 7)),
        new TreeMap<>(Map.of("out", new BatchOutput(Samples.OUT, "sha256-o=", 120))),
        CanonicalJson.node(Map.of("tests", Map.of("executed", 9, "passed", 8, "skipped", 1))),
        CanonicalJson.parse(GATE.getBytes(StandardCharsets.UTF_8)));
  }

  private BatchRecord record(BatchResult result, BatchEvent event) throws Exception {
    CompoundId id = store.append(result, event);
    return store.ledger().require(id.toString());
  }

  @Test
  void theTextHasEveryFactOfTheRecord() throws Exception {
    BatchResult result = result(Optional.of("ab".repeat(32)));
    BatchRecord batch = record(result, Samples.event(Disposition.RELEASED, false));

    assertThat(BatchExport.text(batch, result))
        .startsWith(batch.id() + ": released", "Product", "  <demo> 1.0", "Procedure")
        .containsSubsequence(
            "  derivation " + Samples.DERIVATION,
            "  lock sha256:" + "ab".repeat(32),
            "Dates",
            "  started 2026-11-23T12:00:00.123Z",
            "  finished 2026-11-23T12:01:30.123Z",
            "  took 90 s",
            "Equipment",
            "  host host",
            "  sandbox full",
            "Components",
            "  %s sha256-s=, 7 bytes".formatted(Samples.path("2".repeat(32) + "-source")),
            "In-process and laboratory results",
            "  stage growth, mode none",
            "  test_coverage: 84.1, limit 80, met",
            "  test_pass_rate: 0.5, limit 80, NOT MET",
            "  magic_numbers: not measured, limit 80, no verdict",
            "Yield and outputs",
            "  out %s sha256-o=, 120 bytes".formatted(Samples.OUT),
            "  tests: 9 executed, 8 passed, 1 skipped",
            "Deviations",
            "  test_coverage is 79.9, below 80",
            "Reproduced",
            "  yes",
            "Performed by",
            "  ada",
            "Gate",
            "  released",
            "Decisions",
            "  none");
  }

  @Test
  void whatWasNotDoneIsSaid() throws Exception {
    BatchResult result = Samples.result("84.1");
    BatchEvent done = Samples.event(Disposition.RELEASED, false);
    BatchRoom room = new BatchRoom("h", "s", "1", "engine", Optional.empty());
    var event =
        new BatchEvent(
            "ada",
            done.started(),
            done.finished(),
            room,
            new BatchEvent.Judged(Disposition.RELEASED, false, Optional.empty(), false),
            List.of());

    assertThat(BatchExport.text(record(result, event), result))
        .contains(
            "  lock sha256:none",
            "  sandbox not used: nothing was built",
            "  not compared",
            "  none")
        .noneMatch(line -> line.contains("executed"));
  }

  @Test
  void aCopyHoldsTheDocumentsTheTrailAndThePage() throws Exception {
    String lock = store.keep(LOCK);
    BatchRecord batch =
        record(result(Optional.of(lock)), Samples.event(Disposition.RELEASED, true));
    SignKey grace = SignKey.generate(KeyKind.ED25519);
    Decision decision =
        new Decision(
            batch.id(),
            batch.result(),
            Verb.RELEASE,
            "grace",
            Instant.parse("2026-11-23T13:00:00Z"),
            "reviewed & approved");
    store.decide(decision.sign(grace), AllowedSigners.parse("grace " + grace.verifyKey().line()));
    BatchRecord released = store.ledger().require(batch.id().toString());

    new BatchExport(store).write(released, copy);

    try (var files = Files.list(copy)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .containsExactlyInAnyOrder(
              "result.json",
              "event.json",
              "synapse.lock",
              Trail.FILE_NAME,
              Trail.HEAD_NAME,
              "trail.pub",
              BatchExport.PAGE);
    }
    assertThat(copy.resolve("synapse.lock")).hasBinaryContent(LOCK);
    assertThat(TrailEntry.hash(Files.readAllBytes(copy.resolve("result.json"))))
        .isEqualTo(released.result());
    JsonNode event = CanonicalJson.parse(Files.readAllBytes(copy.resolve("event.json")));
    assertThat(event.path("standing").asString()).isEqualTo("released");
    assertThat(event.at("/event/actor").asString()).isEqualTo("ada");
    assertThat(event.at("/decisions/0/by").asString()).isEqualTo("grace");
    assertThat(Files.readString(copy.resolve(BatchExport.PAGE)))
        .contains("<title>" + batch.id() + "</title>", "Result sha256:" + batch.result())
        .contains("<p>&lt;demo&gt; 1.0</p>", "meaning: reviewed &amp; approved</p>")
        .contains("release by grace at 2026-11-23T13:00:00Z");
  }

  @Test
  void theCopiedTrailIsCheckedWithItsOwnHeadAndKey() throws Exception {
    BatchRecord batch = record(Samples.result("84.1"), Samples.event(Disposition.RELEASED, false));
    new BatchExport(store).write(batch, copy);

    VerifyKey key = VerifyKey.parse(Files.readString(copy.resolve("trail.pub")));
    var check = new TrailCheck(copy.resolve(Trail.FILE_NAME), Set.of(key));
    check.expect(TrailHead.read(copy.resolve(Trail.HEAD_NAME)));
    check.run(_ -> {});

    assertThat(check.verdict().sound()).isTrue();
    assertThat(copy.resolve("synapse.lock")).doesNotExist();
  }

  @Test
  void aCopyIsNeverWrittenOverAnother() throws Exception {
    BatchRecord batch = record(Samples.result("84.1"), Samples.event(Disposition.RELEASED, false));
    new BatchExport(store).write(batch, copy);

    assertThatThrownBy(() -> new BatchExport(store).write(batch, copy))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void aLockThatIsGoneOrWasChangedIsNotCopied() throws Exception {
    String lock = store.keep(LOCK);
    BatchResult result = result(Optional.of(lock));
    BatchRecord batch = record(result, Samples.event(Disposition.RELEASED, false));
    Path kept = store.lockFile(result).orElseThrow();
    assertThat(kept).hasBinaryContent(LOCK);
    assertThat(store.lockFile(Samples.result("1"))).isEmpty();

    Files.write(kept, Arrays.copyOf(LOCK, 3));

    assertThatThrownBy(() -> new BatchExport(store).write(batch, copy))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining("the lock of " + batch.id())
        .hasMessageContaining("is not what was recorded");
  }
}
