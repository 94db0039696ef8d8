package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is added by a hash of its own choice.
final class AddFixedNixTest {
  @TempDir Path folder;

  @Test
  void everyAlgorithmGivesThePathThatNixGives() throws Exception {
    Nix.assume();
    Path plain = Files.writeString(folder.resolve("plain"), "plain\n");
    Path program = Files.writeString(folder.resolve("program"), "program\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    Path tree = Files.createDirectories(folder.resolve("tree/sub")).getParent();
    Files.writeString(folder.resolve("tree/sub/file"), "in a tree");
    Nix theirs = new Nix(folder.resolve("theirs"), folder);
    Nix ours = new Nix(folder.resolve("ours"), folder);
    try (LocalStore store = LocalStore.open(ours.root())) {
      for (HashAlgorithm algorithm : HashAlgorithm.values()) {
        for (boolean recursive : new boolean[] {false, true}) {
          for (Path source : recursive ? List.of(plain, program, tree) : List.of(plain, program)) {
            List<String> command = new ArrayList<>(List.of("--add-fixed"));
            if (recursive) {
              command.add("--recursive");
            }
            command.add(algorithm.label());
            command.add(source.toString());
            StorePath added =
                store.addFixed(source, source.getFileName().toString(), recursive, algorithm);
            assertThat(theirs.store(command.toArray(String[]::new)))
                .containsExactly(added.toString());
            assertThat(ours.store(command.toArray(String[]::new)))
                .containsExactly(added.toString());
          }
        }
      }
      try (LocalStore other = LocalStore.open(theirs.root())) {
        assertThat(store.allValid()).isEqualTo(other.allValid()).hasSize(20);
        for (StorePath path : store.allValid()) {
          assertThat(store.find(path).orElseThrow().nar())
              .as(path.toString())
              .isEqualTo(other.find(path).orElseThrow().nar());
          assertThat(store.find(path).orElseThrow().contentAddress())
              .isEqualTo(other.find(path).orElseThrow().contentAddress());
        }
      }
    }
    ours.accepts();
  }

  @Test
  void aFolderHasNoHashOfItsBytes() throws Exception {
    try (LocalStore store = LocalStore.open(folder.resolve("root"))) {
      StoreException thrown =
          catchThrowableOfType(
              StoreException.class,
              () -> store.addFixed(folder, "folder", false, HashAlgorithm.SHA256));
      assertThat(thrown.problem()).isEqualTo(new StoreProblem.NotAFile(folder));
    }
  }
}
