package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.RandomGraph;
import dev.synapse.store.oracle.Seeds;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreOptimiserTest {
  private static final int SIZE = 40;

  @TempDir Path folder;

  @AfterEach
  void deleteStores() throws Exception {
    for (Path each : Canonical.children(folder)) {
      Deletion.delete(each);
    }
  }

  /// Each file of a store, with the name that the first of those with the same inode has, its mode
  /// and its time.
  private static Map<String, String> layout(Path root) throws IOException {
    Path objects = root.resolve("nix/store");
    Map<Object, String> first = new TreeMap<>();
    Map<String, String> layout = new TreeMap<>();
    try (Stream<Path> files = Files.walk(objects)) {
      for (Path file : files.sorted().toList()) {
        if (file.equals(objects) || file.equals(objects.resolve(".links"))) {
          continue;
        }
        String name = objects.relativize(file).toString();
        Object inode = Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        FileTime time = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
        layout.put(
            name,
            first.computeIfAbsent(inode, _ -> name)
                + " "
                + Integer.toOctalString(Canonical.mode(file))
                + " "
                + time.toMillis());
      }
    }
    return layout;
  }

  @Test
  void filesAreSharedAsNixSharesThem() throws Exception {
    Nix.assume();
    long seed = Seeds.of("optimising random graphs", 12);
    Path ours = folder.resolve("ours");
    Path theirs = folder.resolve("theirs");
    try (LocalStore store = LocalStore.open(ours)) {
      new RandomGraph(store, seed).grow(SIZE);
      // The same bytes, executable or not; empty files; links that say the same.
      for (String name : new String[] {"one", "two"}) {
        Path tree = Files.createDirectories(folder.resolve(name + "-tree/sub"));
        Files.writeString(tree.resolve("program"), "same");
        assertThat(tree.resolve("program").toFile().setExecutable(true)).isTrue();
        Files.writeString(tree.resolve("data"), "same");
        Files.createFile(tree.resolve("empty"));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("data"));
        StorePath _ = store.addTree(folder.resolve(name + "-tree"), name);
        StorePath _ = store.addText("same".getBytes(StandardCharsets.UTF_8), name, Set.of());
      }
    }
    Nix nix = new Nix(ours, folder);
    nix.succeed(new ProcessBuilder("cp", "-a", ours.toString(), theirs.toString()));
    new Nix(theirs, folder).store("--optimise");

    try (LocalStore store = LocalStore.open(ours)) {
      StoreOptimiser.Saved saved = store.optimiser().all();
      assertThat(saved.files()).isGreaterThan(8);
      assertThat(layout(ours)).as("seed %d", seed).isEqualTo(layout(theirs));
      assertThat(store.optimiser().all()).isEqualTo(new StoreOptimiser.Saved(0, 0));
      assertThat(store.verify(true)).isEmpty();
    }
    nix.store("--optimise");
    assertThat(layout(ours)).isEqualTo(layout(theirs));
    nix.accepts();
  }

  @Test
  void whatIsSharedIsFreedWithItsLastPath() throws Exception {
    Path root = folder.resolve("root");
    try (LocalStore store = LocalStore.open(root)) {
      byte[] bytes = new byte[10_000];
      StorePath kept = store.addText(bytes, "kept", Set.of());
      for (String name : new String[] {"a", "b"}) {
        StorePath _ = store.addText(bytes, name, Set.of());
      }
      store.addIndirectRoot(folder.resolve("result"), kept);
      assertThat(store.optimiser().all()).isEqualTo(new StoreOptimiser.Saved(2, 20_000));
    }
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.collector().plan().bytes()).isZero();
      assertThat(store.collector().collect()).extracting(Collected::bytes).isEqualTo(0L);
      assertThat(root.resolve("nix/store/.links").toFile().list()).hasSize(1);
      Files.delete(folder.resolve("result"));
      assertThat(store.collector().plan().bytes()).isEqualTo(10_000);
      assertThat(store.collector().collect()).extracting(Collected::bytes).isEqualTo(10_000L);
      assertThat(root.resolve("nix/store/.links")).isEmptyDirectory();
    }
  }

  @Test
  void aSharedFileThatSomebodyWroteToIsNotGivenToOthers() throws Exception {
    Path root = folder.resolve("root");
    byte[] bytes = "shared".getBytes(StandardCharsets.UTF_8);
    try (LocalStore store = LocalStore.open(root)) {
      StorePath first = store.addText(bytes, "first", Set.of());
      StoreOptimiser.Saved _ = store.optimiser().all();
      Path file = store.physical(first);
      assertThat(file.toFile().setWritable(true)).isTrue();
      Files.writeString(file, "broken");
      assertThat(file.toFile().setWritable(false)).isTrue();

      StorePath second = store.addText(bytes, "second", Set.of());
      StoreOptimiser.Saved _ = store.optimiser().all();
      assertThat(store.physical(second)).hasBinaryContent(bytes);
    }
  }
}
