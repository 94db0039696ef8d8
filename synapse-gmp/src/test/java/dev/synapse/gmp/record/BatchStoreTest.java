package dev.synapse.gmp.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.gmp.record.Decision.Verb;
import dev.synapse.gmp.sign.AllowedSigners;
import dev.synapse.gmp.sign.KeyKind;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.SignProblem;
import dev.synapse.gmp.verdict.Disposition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BatchStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-23T13:00:00Z");

  @TempDir Path folder;
  private BatchStore store;
  private final SignKey grace = SignKey.generate(KeyKind.ED25519);

  @BeforeEach
  void open() {
    store = BatchStore.in(folder);
  }

  private AllowedSigners signers() throws SignException {
    String key = grace.verifyKey().line();
    return AllowedSigners.parse("grace,ada namespaces=\"synapse-gmp\" " + key);
  }

  private CompoundId append(Disposition disposition, boolean secondPerson) throws Exception {
    return store.append(Samples.result("84.1"), Samples.event(disposition, secondPerson));
  }

  private Decision decision(CompoundId id, Verb verb, String by) throws Exception {
    String result = store.ledger().require(id.toString()).result();
    return new Decision(id, result, verb, by, NOW, "reviewed and approved");
  }

  private void decide(CompoundId id, Verb verb) throws Exception {
    store.decide(decision(id, verb, "grace").sign(grace), signers());
  }

  private Standing standing(CompoundId id) throws Exception {
    return store.ledger().require(id.toString()).standing();
  }

  private TrailVerdict verify() throws Exception {
    return store.verify(List.of(), List.of());
  }

  @Test
  void namesABatchByItsNumberAndItsResult() throws Exception {
    CompoundId first = append(Disposition.RELEASED, false);
    CompoundId second = append(Disposition.RELEASED, false);
    String text = Samples.result("84.1").toJson();

    assertThat(first).isEqualTo(CompoundId.of("batch", 1, text));
    assertThat(second).isEqualTo(CompoundId.of("batch", 2, text));
    assertThat(folder.resolve("synapse/batches/documents")).isDirectoryContaining("glob:**.json");
    assertThat(store.result(store.ledger().require(first.toString())).toJson()).isEqualTo(text);
    assertThat(verify().sound()).isTrue();
  }

  @Test
  void readsBackTheEventToTheMillisecond() throws Exception {
    CompoundId id = append(Disposition.RELEASED_WITH_DEVIATIONS, false);
    BatchEvent event = store.ledger().require(id.toString()).event();

    assertThat(event).isEqualTo(Samples.event(Disposition.RELEASED_WITH_DEVIATIONS, false));
    assertThat(event.started()).isEqualTo(Instant.parse("2026-11-23T12:00:00.123Z"));
    assertThat(event.took()).hasSeconds(90);
  }

  @Test
  void withholdsWhatIsRejectedOrWaitsForASecondPerson() throws Exception {
    append(Disposition.RELEASED_WITH_DEVIATIONS, false);
    assertThat(store.ledger().withheld(List.of(Samples.OUT))).isEmpty();
    CompoundId waits = append(Disposition.RELEASED, true);
    assertThat(store.ledger().withheld(List.of(Samples.DERIVATION, Samples.OUT)))
        .contains(new BatchLedger.Withheld(Samples.OUT, waits, Standing.QUARANTINED));
    decide(waits, Verb.RELEASE);
    assertThat(store.ledger().withheld(List.of(Samples.OUT))).isEmpty();
    CompoundId rejected = append(Disposition.REJECTED, false);
    assertThat(store.ledger().withheld(List.of(Samples.OUT)))
        .contains(new BatchLedger.Withheld(Samples.OUT, rejected, Standing.REJECTED));
    assertThat(store.ledger().withheld(List.of(Samples.DERIVATION))).isEmpty();
  }

  @Test
  void keepsReleasedWhatIsBuiltAgainToTheSameResult() throws Exception {
    decide(append(Disposition.RELEASED, true), Verb.RELEASE);
    assertThat(standing(append(Disposition.RELEASED, true))).isEqualTo(Standing.RELEASED);
    CompoundId other =
        store.append(Samples.result("90"), Samples.event(Disposition.RELEASED, true));
    assertThat(standing(other)).isEqualTo(Standing.QUARANTINED);
  }

  @Test
  void keepsRejectedWhatAPersonRejectedUntilAPersonReleasesIt() throws Exception {
    CompoundId first = append(Disposition.RELEASED, false);
    decide(first, Verb.REJECT);
    CompoundId second =
        store.append(Samples.result("99"), Samples.event(Disposition.RELEASED, false));
    assertThat(standing(second)).isEqualTo(Standing.REJECTED);
    assertThat(store.ledger().withheld(List.of(Samples.OUT))).isPresent();

    decide(second, Verb.RELEASE);
    assertThat(standing(second)).isEqualTo(Standing.RELEASED);
    assertThat(store.ledger().withheld(List.of(Samples.OUT))).isEmpty();
    assertThat(verify().sound()).isTrue();
    assertThat(verify().entries()).isEqualTo(4);
  }

  @Test
  void letsNobodyReleaseTheirOwnBatchNorOneThatItsGateRejected() throws Exception {
    CompoundId own = append(Disposition.RELEASED, true);
    Decision.Signed mine = decision(own, Verb.RELEASE, "ada").sign(grace);
    assertThat(
            catchThrowableOfType(RecordException.class, () -> store.decide(mine, signers()))
                .problem())
        .isEqualTo(
            new RecordProblem.NotAllowed(
                own.toString(), "was built by 'ada': another person releases it"));

    CompoundId rejected = append(Disposition.REJECTED, false);
    assertThat(catchThrowableOfType(RecordException.class, () -> decide(rejected, Verb.RELEASE)))
        .hasMessageContaining("was rejected at its gate");
    assertThat(verify().entries()).isEqualTo(2);
  }

  @Test
  void takesASignatureOfNobodyElseAndOfNothingElse() throws Exception {
    CompoundId id = append(Disposition.RELEASED, true);
    Decision decision = decision(id, Verb.RELEASE, "grace");
    Decision.Signed foreign = decision.sign(SignKey.generate(KeyKind.ED25519));
    assertThat(
            catchThrowableOfType(SignException.class, () -> store.decide(foreign, signers()))
                .problem())
        .isInstanceOf(SignProblem.UnknownSigner.class);

    Decision other =
        new Decision(id, decision.result(), Verb.RELEASE, "grace", NOW, "something else");
    Decision.Signed moved = new Decision.Signed(other, decision.sign(grace).signature());
    assertThat(
            catchThrowableOfType(SignException.class, () -> store.decide(moved, signers()))
                .problem())
        .isInstanceOf(SignProblem.WrongSignature.class);
    Decision wrong = new Decision(id, "0".repeat(64), Verb.RELEASE, "grace", NOW, "another result");
    assertThat(
            catchThrowableOfType(
                RecordException.class, () -> store.decide(wrong.sign(grace), signers())))
        .hasMessageContaining("has another result than the one that was signed");
    assertThat(Decision.parseMessage(decision.message())).isEqualTo(decision);
    assertThat(verify().entries()).isEqualTo(1);
  }

  @Test
  void findsAResultThatWasChangedOrRemoved() throws Exception {
    CompoundId id = append(Disposition.RELEASED, false);
    append(Disposition.RELEASED, false);
    String hash = store.ledger().require(id.toString()).result();
    Path file = folder.resolve("synapse/batches/documents/" + hash + ".json");
    String text = Files.readString(file);

    Files.writeString(file, text.replace("84.1", "94.1"));
    assertThat(((RecordProblem.Broken) verify().broken().orElseThrow()).line()).isEqualTo(1);
    assertThat(verify().broken().orElseThrow().message()).contains("is not what was recorded");
    Files.delete(file);
    assertThat(verify().broken().orElseThrow().message()).contains("is not there");
  }

  @Test
  void findsADecisionWhoseSignatureWasReplaced() throws Exception {
    CompoundId id = append(Disposition.RELEASED, true);
    Decision decision = decision(id, Verb.RELEASE, "grace");
    Decision other =
        new Decision(id, decision.result(), Verb.RELEASE, "grace", NOW, "something else");
    store
        .trail()
        .appendDecision(
            dev.synapse.gmp.json.CanonicalJson.node(
                new Decision.Signed(other, decision.sign(grace).signature()).toJson()));

    assertThat(((RecordProblem.Broken) verify().broken().orElseThrow()).line()).isEqualTo(2);
  }

  @Test
  void showsThatItsOwnEndWasCutOffWhereItsNewestHeadIsStillThere() throws Exception {
    append(Disposition.RELEASED, false);
    append(Disposition.REJECTED, false);
    Path file = store.trail().file();
    List<String> lines = Files.readAllLines(file);
    Files.writeString(file, lines.getFirst() + "\n");

    assertThat(((RecordProblem.Broken) verify().broken().orElseThrow()).line()).isEqualTo(2);
  }

  @Test
  void givesTheSameResultForTheSameInputs() throws Exception {
    String text = Samples.result("84.1").toJson();
    assertThat(BatchResult.parse(text.getBytes(UTF_8))).isEqualTo(Samples.result("84.1"));
    assertThat(text).doesNotContain("2026").doesNotContain("host");
  }

  @Test
  void aResultSaysHowItWasMeasuredAndOneThatDoesNotIsReadToo() throws Exception {
    BatchResult old = Samples.result("84.1");
    BatchMethod method =
        new BatchMethod(
            new TreeMap<>(Map.of("test_coverage", "line-coverage/1")),
            new TreeMap<>(Map.of("synapse-gmp", "ab".repeat(32))));
    BatchResult result =
        new BatchResult(
            old.subject(), old.components(), old.outputs(), old.report(), old.gate(), method);
    assertThat(old.toJson()).endsWith("\"version\":1}").doesNotContain("definitions");
    assertThat(result.toJson())
        .contains(
            "\"definitions\":{\"test_coverage\":\"line-coverage/1\"}",
            "\"tools\":{\"synapse-gmp\":")
        .endsWith("\"version\":2}");
    assertThat(BatchResult.parse(result.toJson().getBytes(UTF_8))).isEqualTo(result);
    for (String damaged :
        List.of(
            result.toJson().replace("\"version\":2", "\"version\":3"),
            result.toJson().replace("\"version\":2", "\"version\":1"),
            old.toJson().replace("\"version\":1", "\"version\":2"),
            result.toJson().replace("\"line-coverage/1\"", "1"))) {
      assertThatThrownBy(() -> BatchResult.parse(damaged.getBytes(UTF_8)))
          .isInstanceOf(RecordException.class);
    }

    CompoundId id = store.append(result, Samples.event(Disposition.RELEASED, false));
    BatchRecord batch = store.ledger().require(id.toString());
    assertThat(BatchExport.text(batch, result))
        .contains(
            "Methods",
            "  test_coverage by definition line-coverage/1",
            "  synapse-gmp sha256:" + "ab".repeat(32));
    assertThat(BatchExport.text(batch, old)).contains("  not recorded");
  }
}
