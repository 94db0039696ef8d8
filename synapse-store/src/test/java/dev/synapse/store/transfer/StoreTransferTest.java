package dev.synapse.store.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.nar.NarException;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.RandomGraph;
import dev.synapse.store.oracle.Seeds;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.vectors.Vectors;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class StoreTransferTest {
  private static final int CASES = 7;
  private static final int MALFORMED = 10;
  private static final int SIZE = 90;

  @TempDir Path folder;

  private static byte[] export(LocalStore store, List<StorePath> paths) throws IOException {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    StoreExport.write(store, paths, stream);
    return stream.toByteArray();
  }

  private static List<StorePath> read(LocalStore store, byte[] stream) throws IOException {
    List<StorePath> imported = new ArrayList<>();
    StoreImport.read(store, new ByteArrayInputStream(stream), Clock.systemUTC(), imported::add);
    return imported;
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }

  @TestFactory
  Stream<DynamicTest> streamsOfNixAreReadAndWrittenBack() throws Exception {
    JsonNode cases = Vectors.json("export.json").get("cases");
    return Vectors.each(
        cases,
        CASES,
        each -> each.get("id").asString(),
        each -> {
          byte[] stream = Vectors.byteString(each, "export").toByteArray();
          JsonNode expected = each.get("import_into_empty_store");
          try (LocalStore store = LocalStore.open(folder.resolve(each.get("id").asString()))) {
            if (expected.get("exit").asInt() == 0) {
              assertThat(read(store, stream).stream().map(StorePath::toString))
                  .containsExactlyElementsOf(texts(expected.get("stdout")));
              assertContents(store, each.get("contains"));
              List<StorePath> paths = new ArrayList<>();
              for (String path : texts(each.get("paths"))) {
                paths.add(StorePath.parse(path));
              }
              assertThat(export(store, paths)).isEqualTo(stream);
            } else {
              StoreException thrown =
                  catchThrowableOfType(StoreException.class, () -> read(store, stream));
              assertThat(thrown.problem()).isInstanceOf(StoreProblem.InvalidReference.class);
              assertThat(store.allValid()).isEmpty();
            }
          }
        });
  }

  private static void assertContents(LocalStore store, JsonNode contains) throws Exception {
    for (JsonNode each : contains.valueStream().toList()) {
      PathInfo info = store.find(StorePath.parse(each.get("path").asString())).orElseThrow();
      assertThat(info.narHash().toNix32()).isEqualTo(each.get("nar_sha256").asString());
      assertThat(info.narSize()).isEqualTo(each.get("nar_size").asLong());
      assertThat(info.references().stream().map(StorePath::toString))
          .containsExactlyElementsOf(texts(each.get("references")));
      assertThat(info.deriver().map(StorePath::toString).orElse(null))
          .isEqualTo(each.get("deriver").isNull() ? null : each.get("deriver").asString());
    }
  }

  @TestFactory
  Stream<DynamicTest> damagedStreamsHaveTheResultTheyHaveWithNix() throws Exception {
    JsonNode cases = Vectors.json("export.json").get("malformed");
    return Vectors.each(
        cases,
        MALFORMED,
        each -> each.get("id").asString(),
        each -> {
          byte[] stream = Vectors.byteString(each, "export").toByteArray();
          try (LocalStore store = LocalStore.open(folder.resolve(each.get("id").asString()))) {
            Throwable thrown = catchThrowable(() -> read(store, stream));
            if (each.get("exit").asInt() == 0) {
              assertThat(thrown).isNull();
              assertThat(store.allValid().stream().map(StorePath::toString))
                  .containsExactlyInAnyOrderElementsOf(new TreeSet<>(texts(each.get("imported"))));
            } else {
              assertThat(thrown)
                  .isInstanceOfAny(
                      TransferException.class, NarException.class, StoreException.class);
            }
            assertThat(store.verify(true)).isEmpty();
            assertThat(store.root().resolve("nix/var/nix/builds")).isEmptyDirectory();
          }
        });
  }

  @Test
  void aCutStreamLeavesNothingHalf() throws Exception {
    byte[] stream;
    try (LocalStore store = LocalStore.open(folder.resolve("from"))) {
      RandomGraph graph = new RandomGraph(store, 5);
      graph.grow(12);
      stream = export(store, graph.paths());
    }
    Random random = new Random(17);
    for (int round = 0; round < 12; round++) {
      byte[] cut = Arrays.copyOf(stream, random.nextInt(stream.length));
      try (LocalStore store = LocalStore.open(folder.resolve("cut" + round))) {
        assertThat(catchThrowable(() -> read(store, cut))).isInstanceOf(IOException.class);
        assertThat(store.verify(true)).isEmpty();
        List<String> files = List.of(store.objects().toFile().list());
        assertThat(files).hasSize(store.allValid().size() + 1);
      }
    }
  }

  @Test
  void aPathThatWasModifiedIsNotExported() throws Exception {
    try (LocalStore store = LocalStore.open(folder.resolve("from"))) {
      StorePath path = store.addText(new byte[] {1}, "text", Set.of());
      Path file = store.physical(path);
      assertThat(file.toFile().setWritable(true)).isTrue();
      Files.write(file, new byte[] {2});

      TransferException thrown =
          catchThrowableOfType(TransferException.class, () -> export(store, List.of(path)));
      assertThat(thrown.problem()).isInstanceOf(TransferProblem.Modified.class);
    }
  }

  @Test
  void streamsOfRandomGraphsAreThoseOfNixAndNixTakesThem() throws Exception {
    Nix.assume();
    long seed = Seeds.of("streams of random graphs", 16);
    Nix from = new Nix(folder.resolve("from"), folder);
    List<StorePath> paths;
    byte[] stream;
    try (LocalStore store = LocalStore.open(from.root())) {
      RandomGraph graph = new RandomGraph(store, seed);
      graph.grow(SIZE);
      paths = new ArrayList<>(graph.paths());
      Collections.shuffle(paths, new Random(seed));
      stream = export(store, paths);
    }
    List<String> command = new ArrayList<>(List.of("--export"));
    paths.forEach(path -> command.add(path.toString()));
    assertThat(
            from.succeed(from.storeCommand(command.toArray(String[]::new))).output().toByteArray())
        .as("seed %d", seed)
        .isEqualTo(stream);

    Nix to = new Nix(folder.resolve("to"), folder);
    Path file = Files.write(folder.resolve("stream"), stream);
    Nix.Outcome imported = to.succeed(to.storeCommand("--import").redirectInput(file.toFile()));
    try (LocalStore ours = LocalStore.open(folder.resolve("ours"));
        LocalStore theirs = LocalStore.open(to.root())) {
      assertThat(read(ours, stream).stream().map(StorePath::toString))
          .as("seed %d", seed)
          .containsExactlyElementsOf(imported.lines());
      assertThat(ours.allValid()).isEqualTo(theirs.allValid()).hasSizeGreaterThanOrEqualTo(SIZE);
      for (StorePath path : ours.allValid()) {
        PathInfo a = ours.find(path).orElseThrow();
        PathInfo b = theirs.find(path).orElseThrow();
        assertThat(a.nar()).isEqualTo(b.nar());
        assertThat(a.references()).isEqualTo(b.references());
        assertThat(a.deriver()).isEqualTo(b.deriver());
        assertThat(a.contentAddress()).isEqualTo(b.contentAddress());
        assertThat(a.ultimate()).isEqualTo(b.ultimate());
      }
    }
    to.accepts();
    new Nix(folder.resolve("ours"), folder).accepts();
  }
}
