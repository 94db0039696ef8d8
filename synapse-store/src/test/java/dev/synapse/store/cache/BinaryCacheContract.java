package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.signature.SigningKey;
import dev.synapse.store.signature.TrustedKeys;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What every [BinaryCache] must do. A new kind passes by implementing [#open()].
abstract class BinaryCacheContract {
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);
  private static final int WRITERS = 16;

  @TempDir Path folder;

  /// The cache under test, always the same one and empty at first.
  abstract BinaryCache open() throws Exception;

  @AfterEach
  void deleteStores() throws Exception {
    Trees.delete(folder.resolve("from"));
    Trees.delete(folder.resolve("to"));
  }

  @Test
  void anAbsentFileIsEmpty() throws Exception {
    try (BinaryCache cache = open()) {
      assertThat(cache.read("log/absent")).isEmpty();
      assertThat(cache.contains("log/absent")).isFalse();
      assertThat(cache.readSmall("0wvlnb4nc811zs3s431mab52m1gzynh7.narinfo", 10)).isEmpty();
    }
  }

  @Test
  void whatIsWrittenIsReadAgainAndReplaced() throws Exception {
    try (BinaryCache cache = open()) {
      cache.write("log/x", HELLO);
      assertThat(cache.contains("log/x")).isTrue();
      assertThat(cache.readSmall("log/x", 100)).hasValue(HELLO);
      assertThat(cache.readSmall("log/x", 2).orElseThrow()).hasSize(3);
      cache.write("log/x", new byte[0]);
      assertThat(cache.readSmall("log/x", 100)).hasValue(new byte[0]);
    }
  }

  @Test
  void largeFilesStream() throws Exception {
    byte[] large = new byte[5_000_000];
    new Random(3).nextBytes(large);
    try (BinaryCache cache = open()) {
      cache.write("log/large", large);
      try (InputStream in = cache.read("log/large").orElseThrow()) {
        assertThat(in.readAllBytes()).isEqualTo(large);
      }
    }
  }

  @Test
  void nobodySeesAFileThatWasNotFinished() throws Exception {
    try (BinaryCache cache = open()) {
      try (PendingFile pending = cache.create()) {
        pending.out().write(HELLO);
      }
      cache.write("log/y", HELLO);
      assertThat(cache.contains("log/x")).isFalse();
      assertThat(cache.readSmall("log/y", 100)).hasValue(HELLO);
    }
  }

  @Test
  void namesThatLeadOutAreRefused() throws Exception {
    try (BinaryCache cache = open()) {
      for (String name : List.of("../x", "/etc/passwd", "nar/../../x", "")) {
        assertThatThrownBy(() -> cache.read(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.write(name, HELLO))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void manyWriteAndReadAtTheSameTime() throws Exception {
    try (BinaryCache cache = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> read = new ArrayList<>();
      for (int number = 0; number < WRITERS; number++) {
        String name = "log/n" + number;
        byte[] contents = (name + "\n").repeat(1000).getBytes(StandardCharsets.UTF_8);
        read.add(
            threads.submit(
                () -> {
                  cache.write(name, contents);
                  cache.write("log/same", HELLO);
                  return cache.readSmall(name, contents.length).orElseThrow();
                }));
      }
      for (int number = 0; number < WRITERS; number++) {
        assertThat(new String(read.get(number).get(), StandardCharsets.UTF_8))
            .isEqualTo(("log/n" + number + "\n").repeat(1000));
      }
      assertThat(cache.readSmall("log/same", 100)).hasValue(HELLO);
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void aClosureGoesInAndComesOut(Compression compression) throws Exception {
    SigningKey key = SigningKey.generate("test-1");
    TrustedKeys trusted = new TrustedKeys(List.of(key.verificationKey()));
    try (BinaryCache cache = open();
        LocalStore from = LocalStore.open(folder.resolve("from"));
        LocalStore to = LocalStore.open(folder.resolve("to"))) {
      Sample sample = Sample.fill(from, folder);
      var options = CachePush.Options.of(compression, List.of(key), 2);
      var pushed = new CachePush(from, cache, options, _ -> {}).push(List.of(sample.output()));
      assertThat(pushed.pushed()).hasSize(Sample.PATHS);
      var again = new CachePush(from, cache, options, _ -> {}).push(List.of(sample.output()));
      assertThat(again.pushed()).isEmpty();
      assertThat(again.present()).isEqualTo(pushed.pushed());

      var substituter = new Substituter(to, List.of(cache), new Trust(trusted), 2, _ -> {});
      assertThat(substituter.offers(List.of(sample.output()))).hasSize(Sample.PATHS);
      assertThat(substituter.substitute(List.of(sample.output()))).containsExactly(sample.output());
      assertThat(to.allValid()).isEqualTo(from.allValid());
      assertThat(to.verify(true)).isEmpty();
      var info = to.find(sample.output()).orElseThrow();
      assertThat(info.references())
          .isEqualTo(from.find(sample.output()).orElseThrow().references());
      assertThat(info.deriver()).isEqualTo(from.deriver(sample.output()));
      assertThat(info.ultimate()).isFalse();
      assertThat(info.signatures()).hasSize(1);
      assertThat(to.find(sample.text()).orElseThrow().contentAddress()).isPresent();
    }
  }

  @Test
  void aPushThatWasCutOffGoesOnWhereItWas() throws Exception {
    try (BinaryCache cache = open();
        LocalStore from = LocalStore.open(folder.resolve("from"))) {
      Sample sample = Sample.fill(from, folder);
      var options = CachePush.Options.signedBy(List.of());
      var part = new CachePush(from, cache, options, _ -> {}).push(List.of(sample.other()));
      assertThat(part.pushed()).containsExactlyInAnyOrder(sample.text(), sample.other());

      List<CacheEvent> events = Collections.synchronizedList(new ArrayList<>());
      var rest = new CachePush(from, cache, options, events::add).push(List.of(sample.output()));
      assertThat(rest.pushed()).containsExactly(sample.output());
      assertThat(rest.present()).isEqualTo(part.pushed());
      assertThat(rest.narSize()).isGreaterThan(Sample.LARGE);
      assertThat(rest.fileSize()).isBetween(1L, rest.narSize() / 2);
      assertThat(events)
          .containsExactly(
              new CacheEvent.Pushing(cache.location(), sample.output(), rest.narSize()),
              new CacheEvent.Pushed(cache.location(), sample.output(), rest.fileSize()));
    }
  }

  @Test
  void aDamagedPathIsNotPushed() throws Exception {
    try (BinaryCache cache = open();
        LocalStore from = LocalStore.open(folder.resolve("from"))) {
      Sample sample = Sample.fill(from, folder);
      Path file = from.physical(sample.text());
      java.nio.file.Files.setPosixFilePermissions(
          file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
      java.nio.file.Files.writeString(file, "tect\n");

      assertThatThrownBy(
              () ->
                  new CachePush(from, cache, CachePush.Options.signedBy(List.of()), _ -> {})
                      .push(List.of(sample.output())))
          .isInstanceOfSatisfying(
              CacheException.class,
              e -> assertThat(e.problem()).isInstanceOf(CacheProblem.Damaged.class));
      assertThat(cache.contains(NarInfo.fileOf(sample.text()))).isFalse();
      assertThat(cache.contains(NarInfo.fileOf(sample.output())))
          .as("refers to what is not there")
          .isFalse();
    }
  }
}
