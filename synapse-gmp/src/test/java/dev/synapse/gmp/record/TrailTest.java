package dev.synapse.gmp.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.sign.KeyKind;
import dev.synapse.gmp.sign.SignKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrailTest {
  @TempDir Path folder;
  private Trail trail;

  @BeforeEach
  void begin() {
    trail = trail();
  }

  private Trail trail() {
    return new Trail(folder, new TrailKey(folder.resolve("keys")));
  }

  private TrailEntry append(Trail to) throws Exception {
    return to.appendBatch(number -> CanonicalJson.node(Map.of("number", number, "ö", "line\n")));
  }

  private void append(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      append(trail);
    }
  }

  private TrailVerdict verify() throws IOException {
    return new TrailCheck(trail.file(), List.of()).verify();
  }

  private TrailVerdict verifyWith(TrailHead head) throws IOException {
    return new TrailCheck(trail.file(), List.of()).expect(head).verify();
  }

  private List<String> lines() throws IOException {
    return new ArrayList<>(Files.readAllLines(trail.file()));
  }

  private void write(List<String> lines) throws IOException {
    Files.writeString(trail.file(), String.join("\n", lines) + "\n");
  }

  private static RecordProblem.Broken broken(TrailVerdict verdict) {
    return (RecordProblem.Broken) verdict.broken().orElseThrow();
  }

  @Test
  void countsItsEntriesAndNamesTheLineBefore() throws Exception {
    append(3);
    TrailVerdict verdict = verify();

    assertThat(verdict.sound()).isTrue();
    assertThat(verdict.entries()).isEqualTo(3);
    assertThat(verdict.batches()).isEqualTo(3);
    assertThat(verdict.hash()).isEqualTo(TrailEntry.hash(lines().get(2).getBytes(UTF_8)));
    assertThat(lines().getFirst()).contains("\"previous\":\"" + TrailEntry.NO_PREVIOUS);
    assertThat(lines().get(1))
        .contains("\"previous\":\"" + TrailEntry.hash(lines().getFirst().getBytes(UTF_8)) + "\"");
  }

  @Test
  void isSoundBeforeItsFirstEntry() throws Exception {
    assertThat(verify().sound()).isTrue();
    assertThat(verify().entries()).isZero();
  }

  @Test
  void keepsItsKeyToItsOwner() throws Exception {
    append(1);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("keys/trail"))))
        .isEqualTo("rw-------");
    assertThat(folder.resolve("keys")).isDirectoryContaining("glob:**/trail.{pub,pem}");
  }

  @Test
  void namesTheFirstLineInWhichAnyByteWasChanged() throws Exception {
    append(3);
    byte[] whole = Files.readAllBytes(trail.file());
    TrailHead head = TrailHead.read(trail.headFile());
    long line = 1;
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(trail.file(), changed);
      TrailVerdict verdict = verifyWith(head);
      assertThat(verdict.sound()).as("byte %d", at).isFalse();
      // What a line says of itself is found there or, by its hash, at the next.
      assertThat(broken(verdict).line()).as("byte %d", at).isBetween(line, line + 1);
      if (whole[at] == '\n') {
        line++;
      }
    }
  }

  @Test
  void namesTheFirstEntryThatWasRemovedSwappedOrInserted() throws Exception {
    append(5);
    List<String> sound = lines();

    List<String> removed = new ArrayList<>(sound);
    removed.remove(2);
    write(removed);
    assertThat(broken(verify()).line()).isEqualTo(3);

    List<String> swapped = new ArrayList<>(sound);
    swapped.set(1, sound.get(2));
    swapped.set(2, sound.get(1));
    write(swapped);
    assertThat(broken(verify()).line()).isEqualTo(2);

    List<String> inserted = new ArrayList<>(sound);
    inserted.add(3, sound.get(2));
    write(inserted);
    assertThat(broken(verify()).line()).isEqualTo(4);
    assertThat(broken(verify()).reason()).startsWith("it follows a line with the hash ");
  }

  @Test
  void seesThatTheEndWasCutOffOnlyByAHeadKeptElsewhere() throws Exception {
    append(5);
    TrailHead head = TrailHead.read(trail.headFile());
    List<String> cut = lines().subList(0, 3);
    write(cut);

    assertThat(verify().sound()).isTrue();
    TrailVerdict verdict = verifyWith(head);
    assertThat(broken(verdict).line()).isEqualTo(4);
    assertThat(broken(verdict).reason())
        .isEqualTo("it is missing: a signed head names 5 entries, and the trail ends after 3");
  }

  @Test
  void seesThatHistoryWasWrittenAnewByAHeadKeptElsewhere() throws Exception {
    append(2);
    TrailHead head = TrailHead.read(trail.headFile());
    Files.delete(trail.file());
    trail.appendDecision(CanonicalJson.node(Map.of("another", "past")));
    append(2);

    assertThat(verify().sound()).isTrue();
    assertThat(broken(verifyWith(head)).line()).isEqualTo(2);
  }

  @Test
  void trustsNoHeadOfAnotherKeyAndNoChangedHead() throws Exception {
    append(1);
    TrailHead head = TrailHead.read(trail.headFile());
    SignKey other = SignKey.generate(KeyKind.ED25519);
    TrailHead foreign = TrailHead.sign(1, head.hash(), other);
    TrailHead changed = new TrailHead(2, head.hash(), head.signature());

    assertThat(new TrailCheck(trail.file(), List.of(head.key())).expect(head).verify().sound())
        .isTrue();
    assertThat(
            broken(new TrailCheck(trail.file(), List.of(head.key())).expect(foreign).verify())
                .reason())
        .contains("which is not trusted");
    assertThat(broken(verifyWith(changed)).reason()).contains("the signature does not fit");
  }

  @Test
  void holdsASignedHeadNowAndThen() throws Exception {
    int every = 3;
    Trail often = new Trail(folder, new TrailKey(folder.resolve("keys")), every);
    for (int i = 0; i <= 2 * every; i++) {
      append(often);
    }
    TrailVerdict verdict = verify();
    assertThat(verdict.sound()).isTrue();
    assertThat(verdict.heads()).isEqualTo(2);

    List<String> lines = lines();
    int at = every - 1;
    TrailEntry signed = TrailEntry.parse(lines.get(at).getBytes(UTF_8));
    TrailHead lie =
        TrailHead.sign(
            signed.place().seq() - 1,
            TrailEntry.NO_PREVIOUS,
            new TrailKey(folder.resolve("keys")).get());
    TrailEntry changed =
        new TrailEntry(
            signed.place(), signed.kind(), signed.body(), Optional.of(lie), Optional.empty());
    lines.set(at, changed.line().utf8());
    write(lines);
    assertThat(broken(verify()).line()).isEqualTo(every);
  }

  @Test
  void staysVerifiableAndGoesOnWhereverTheLastEntriesWereCut() throws Exception {
    append(2);
    byte[] whole = Files.readAllBytes(trail.file());
    int first = lines().getFirst().getBytes(UTF_8).length + 1;
    for (int size = first; size <= whole.length; size++) {
      byte[] cut = Arrays.copyOf(whole, size);
      Files.write(trail.file(), cut);
      TrailVerdict verdict = verify();
      assertThat(verdict.sound()).as("cut at %d", size).isTrue();
      int lastLine = lastLineEnd(cut);
      assertThat(verdict.torn()).isEqualTo(size - lastLine);

      TrailEntry next = append(trail);
      assertThat(next.place().seq()).isEqualTo(verdict.entries() + 1);
      assertThat(verify().sound()).isTrue();
      assertThat(verify().torn()).isZero();
      if (size == lastLine) {
        assertThat(next.setAside()).isEmpty();
      } else {
        byte[] torn = Arrays.copyOfRange(cut, lastLine, size);
        assertThat(next.setAside())
            .contains(new TrailEntry.SetAside(torn.length, TrailEntry.hash(torn)));
        String aside = new String(Files.readAllBytes(folder.resolve(Trail.TORN_NAME)), ISO);
        assertThat(aside).endsWith(new String(torn, ISO) + "\n");
      }
    }
  }

  private static final java.nio.charset.Charset ISO = java.nio.charset.StandardCharsets.ISO_8859_1;

  private static int lastLineEnd(byte[] bytes) {
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  @Test
  void beginsAnewAfterItsVeryFirstEntryWasTorn() throws Exception {
    // Longer than the entry that is written in its place.
    Files.writeString(trail.file(), "{\"batches\":1,\"body\":\"" + "x".repeat(100_000));
    assertThat(append(trail).setAside()).isPresent();
    assertThat(verify().torn()).isZero();
    assertThat(verify().entries()).isEqualTo(1);
  }

  @Test
  void appendsNothingToATrailWhoseLastEntryIsDamaged() throws Exception {
    append(1);
    write(List.of("{}"));
    assertThatThrownBy(() -> append(trail))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining("the last entry of ");
    assertThat(lines()).containsExactly("{}");
  }

  @Test
  void takesEntriesFromManyThreads() throws Exception {
    long threads = 8;
    int each = 10;
    Callable<Boolean> work =
        () -> {
          Trail own = trail();
          for (int i = 0; i < each; i++) {
            append(own);
          }
          return true;
        };
    try (var pool = Executors.newFixedThreadPool(Math.toIntExact(threads))) {
      for (var done :
          pool.invokeAll(java.util.Collections.nCopies(Math.toIntExact(threads), work))) {
        assertThat(done.get()).isTrue();
      }
    }
    assertThat(verify().sound()).isTrue();
    assertThat(verify().batches()).isEqualTo(threads * each);
  }

  /// A real process each: they append as fast as they can, and are killed while they do.
  @Test
  void survivesThatWritersAreKilled() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    long entries = 0;
    for (int round = 0; round < 3; round++) {
      List<Process> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        writers.add(
            new ProcessBuilder(
                    java,
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    TrailWriter.class.getName(),
                    folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
      }
      for (Process writer : writers) {
        // It has appended when it says so; then it is ended in the middle of what comes next.
        for (int i = 0; i < 5 + round; i++) {
          assertThat(writer.inputReader(UTF_8).readLine()).isEqualTo("appended");
        }
        writer.destroyForcibly().waitFor();
      }
      TrailVerdict verdict = verify();
      assertThat(verdict.broken()).isEmpty();
      assertThat(verdict.entries()).isGreaterThan(entries);
      append(1);
      entries = verify().entries();
      assertThat(entries).isEqualTo(verdict.entries() + 1);
      assertThat(verifyWith(TrailHead.read(trail.headFile())).sound()).isTrue();
    }
  }
}
