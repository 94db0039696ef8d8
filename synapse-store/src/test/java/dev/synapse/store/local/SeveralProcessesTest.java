package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.path.StorePath;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes of our own on one store: at the same time, and killed without warning.
final class SeveralProcessesTest {
  @TempDir Path folder;
  private Path root;
  private Path tree;

  @BeforeEach
  void makeTree() throws Exception {
    root = folder.resolve("root");
    tree = Files.createDirectory(folder.resolve("tree"));
    for (int directory = 0; directory < 20; directory++) {
      Path sub = Files.createDirectory(tree.resolve("d" + directory));
      for (int file = 0; file < 50; file++) {
        Files.writeString(sub.resolve("f" + file), directory + " " + file);
      }
    }
  }

  @AfterEach
  void deleteStore() throws Exception {
    Deletion.delete(root);
  }

  @Test
  void twoProcessesAddTheSameAndOthersToANewStore() throws Exception {
    Process first = start("a", "same", "b", "both");
    Process second = start("both", "same", "c", "d");

    assertThat(first.waitFor()).as(() -> errors(first)).isZero();
    assertThat(second.waitFor()).as(() -> errors(second)).isZero();

    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.allValid().stream().map(StorePath::name))
          .containsExactlyInAnyOrder("a", "b", "c", "d", "both", "same");
      assertThat(store.verify(true)).isEmpty();
      assertThat(strangers(store)).isEmpty();
    }
  }

  @Test
  void aKilledProcessLeavesOnlyWhatIsWhole() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.allValid()).isEmpty();
    }
    boolean interrupted = false;
    for (int round = 0; round < 5; round++) {
      Process adding = start("round" + round, "more" + round, "rest" + round);
      try (BufferedReader out = adding.inputReader()) {
        assertThat(out.readLine()).as(() -> errors(adding)).isEqualTo("open");
        Thread.sleep(20 + 80L * round);
        interrupted |= adding.destroyForcibly().waitFor() != 0;
      }
      try (LocalStore store = LocalStore.open(root)) {
        assertThat(store.verify(true)).as("after round %d", round).isEmpty();
      }
    }
    assertThat(interrupted).isTrue();

    Process after = start("round0", "more0", "rest0");
    assertThat(after.waitFor()).as(() -> errors(after)).isZero();
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.allValid().stream().map(StorePath::name))
          .contains("round0", "more0", "rest0");
      assertThat(store.verify(true)).isEmpty();
      assertThat(root.resolve("nix/var/nix/builds")).isEmptyDirectory();
    }
  }

  private List<String> strangers(LocalStore store) throws Exception {
    List<String> names = new ArrayList<>();
    for (Path object : Canonical.children(store.objects())) {
      names.add(String.valueOf(object.getFileName()));
    }
    names.remove(".links");
    store.allValid().forEach(path -> names.remove(path.baseName()));
    return names;
  }

  private Process start(String... names) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.synapse.store.local.AddingProcess",
                root.toString(),
                tree.toString()));
    command.addAll(List.of(names));
    return new ProcessBuilder(command).start();
  }

  private static String errors(Process process) {
    try {
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
