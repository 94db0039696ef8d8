package dev.synapse.store.nar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.Seeds;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Some hundred random trees: each comes back from its archive, and real Nix, where it is
/// installed, says the same of every one.
final class OddTreesTest {
  private static final int TREES = Integer.getInteger("synapse.test.trees", 200);

  @TempDir Path folder;
  private final List<byte[]> archives = new ArrayList<>();
  private final long seed = Seeds.of("odd trees", 20_220_501);
  private final String shown = "seed " + seed;

  private void make() throws Exception {
    Files.createDirectory(trees());
    Random random = new Random(seed);
    for (int number = 0; number < TREES; number++) {
      byte[] archive = OddTree.archive(random);
      archives.add(archive);
      Nar.restoreWhole(new ByteArrayInputStream(archive), tree(number));
      OddTree.changeModes(random, tree(number));
    }
  }

  @AfterEach
  void unlock() throws Exception {
    Nix.makeDeletable(folder.resolve("ours"));
    Nix.makeDeletable(folder.resolve("theirs"));
  }

  private static String name(int number) {
    return "t%03d".formatted(number);
  }

  private Path trees() {
    return folder.resolve("trees");
  }

  private Path tree(int number) {
    return trees().resolve(name(number));
  }

  private static byte[] archive(Path tree) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Nar.write(tree, out);
    return out.toByteArray();
  }

  @Test
  void everyTreeHasTheArchiveItCameFrom() throws Exception {
    make();
    for (int number = 0; number < TREES; number++) {
      assertThat(archive(tree(number)))
          .as("%s tree %d", shown, number)
          .isEqualTo(archives.get(number));
    }
  }

  @Test
  void realNixArchivesRestoresHashesAndAddsThemSo() throws Exception {
    Nix.assume();
    make();
    Nix nix = new Nix(folder.resolve("theirs"), folder);
    archiveAndRestore(nix);
    hashAndAdd(nix);
  }

  private void archiveAndRestore(Nix nix) throws Exception {
    byte[] ours = archive(trees());
    byte[] theirs =
        nix.succeed(new ProcessBuilder("nix-store", "--dump", trees().toString()))
            .output()
            .toByteArray();
    assertThat(theirs.length).as(shown).isEqualTo(ours.length);
    assertThat(Arrays.mismatch(ours, theirs)).as(shown).isEqualTo(-1);

    Path file = Files.write(folder.resolve("all.nar"), ours);
    Path restored = folder.resolve("restored");
    Nix.Outcome _ =
        nix.succeed(
            new ProcessBuilder("nix-store", "--restore", restored.toString())
                .redirectInput(file.toFile()));
    for (int number = 0; number < TREES; number++) {
      assertThat(archive(restored.resolve(name(number))))
          .as("%s tree %d", shown, number)
          .isEqualTo(archives.get(number));
    }
  }

  private void hashAndAdd(Nix nix) throws Exception {
    List<String> hash = new ArrayList<>(List.of("hash", "path"));
    List<String> add = new ArrayList<>(List.of("--option", "fsync-metadata", "false", "--add"));
    for (int number = 0; number < TREES; number++) {
      hash.add(tree(number).toString());
      add.add(tree(number).toString());
    }
    final List<String> hashes = nix.succeed(nix.command(hash.toArray(String[]::new))).lines();
    final List<String> added = nix.store(add.toArray(String[]::new));
    assertThat(hashes).hasSize(TREES);
    assertThat(added).hasSize(TREES);
    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        LocalStore other = LocalStore.open(nix.root())) {
      for (int number = 0; number < TREES; number++) {
        StorePath path = store.addTree(tree(number), name(number));
        String which = "%s tree %d".formatted(shown, number);
        assertThat(path).as(which).hasToString(added.get(number));
        PathInfo info = store.find(path).orElseThrow();
        assertThat(info.narHash().toSri()).as(which).isEqualTo(hashes.get(number));
        assertThat(other.find(path).orElseThrow().nar()).as(which).isEqualTo(info.nar());
      }
      assertThat(other.verify(true)).isEmpty();
      assertThat(store.verify(true)).isEmpty();
    }
    new Nix(folder.resolve("ours"), folder).accepts();
  }
}
