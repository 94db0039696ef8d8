package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.RandomGraph;
import dev.synapse.store.oracle.Seeds;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseRebuildTest {
  private static final int SIZE = 80;

  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void name() {
    root = folder.resolve("root");
  }

  @AfterEach
  void deleteStore() throws Exception {
    Deletion.delete(root);
  }

  /// What a database says, without what is not in the files.
  private static Map<StorePath, List<Object>> known(LocalStore store) throws IOException {
    Map<StorePath, List<Object>> known = new TreeMap<>();
    for (StorePath path : store.allValid()) {
      PathInfo info = store.find(path).orElseThrow();
      known.put(
          path,
          List.of(
              info.nar(),
              info.references(),
              info.deriver(),
              info.contentAddress(),
              store.derivationOutputs(path)));
    }
    return known;
  }

  private Map<StorePath, List<Object>> fill(long seed) throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      RandomGraph graph = new RandomGraph(store, seed);
      graph.grow(SIZE);
      // A tree that mentions a path to which it does not refer, and every kind of address.
      Path tree = Files.createDirectory(folder.resolve("tree"));
      Path file = Files.writeString(tree.resolve("mention"), "see " + graph.paths().getFirst());
      StorePath _ = store.addTree(tree, "tree");
      for (HashAlgorithm algorithm : HashAlgorithm.values()) {
        StorePath _ = store.addFixed(file, "flat-" + algorithm.label(), false, algorithm);
        StorePath _ = store.addFixed(tree, "tree-" + algorithm.label(), true, algorithm);
      }
      return known(store);
    }
  }

  @Test
  void aLostDatabaseIsMadeFromTheFiles() throws Exception {
    long seed = Seeds.of("rebuilding the database of a random graph", 14);
    Map<StorePath, List<Object>> before = fill(seed);
    Deletion.delete(root.resolve("nix/var/nix/db"));

    DatabaseRebuild.Rebuilt rebuilt = DatabaseRebuild.run(root, Clock.systemUTC());

    assertThat(rebuilt.valid()).isEqualTo(before.keySet());
    assertThat(rebuilt.rejected()).isEmpty();
    assertThat(rebuilt.previous()).isEmpty();
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(known(store)).as("seed %d", seed).isEqualTo(before);
      assertThat(store.verify(true)).isEmpty();
    }
    if (Nix.isThere()) {
      new Nix(root, folder).accepts();
    }
  }

  @Test
  void aBrokenDatabaseIsReplacedAndKept() throws Exception {
    Map<StorePath, List<Object>> before = fill(2);
    Path database = root.resolve("nix/var/nix/db/db.sqlite");
    Files.writeString(database, "this is no database");

    DatabaseRebuild.Rebuilt rebuilt = DatabaseRebuild.run(root, Clock.systemUTC());

    assertThat(rebuilt.previous().orElseThrow()).hasContent("this is no database");
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(known(store)).isEqualTo(before);
    }
  }

  @Test
  void whatNixRegisteredIsFoundAgain() throws Exception {
    Nix.assume();
    Nix nix = new Nix(root, folder);
    Path expression =
        Files.writeString(
            folder.resolve("expression.nix"),
            """
            let a = derivation { name = "a"; system = "x86_64-linux"; builder = "/bin/sh";
                  args = ["-c" "echo a $out > $out"]; src = ./expression.nix; };
            in derivation { name = "b"; system = "x86_64-linux"; builder = "/bin/sh";
                  outputs = ["out" "dev"];
                  args = ["-c" "echo ${a} $dev > $out; echo dev > $dev"]; }
            """);
    List<String> command = new ArrayList<>(List.of("nix-build", "--store", root.toString()));
    command.addAll(List.of("--no-out-link", "--option", "sandbox", "true"));
    command.addAll(List.of("--option", "sandbox-paths", "/bin /lib /lib64 /usr"));
    command.add(expression.toString());
    Nix.Outcome _ = nix.succeed(new ProcessBuilder(command));
    Map<StorePath, List<Object>> before;
    try (LocalStore store = LocalStore.open(root)) {
      before = known(store);
    }
    assertThat(before).hasSizeGreaterThan(5);
    Deletion.delete(root.resolve("nix/var/nix/db"));

    DatabaseRebuild.Rebuilt _ = DatabaseRebuild.run(root, Clock.systemUTC());

    try (LocalStore store = LocalStore.open(root)) {
      assertThat(known(store)).isEqualTo(before);
    }
    nix.accepts();
  }

  @Test
  void whatIsNotWholeDoesNotBecomeValid() throws Exception {
    StorePath user;
    StorePath used;
    try (LocalStore store = LocalStore.open(root)) {
      used = store.addText(new byte[] {1}, "used", Set.of());
      user = store.addText(used.toString().getBytes(StandardCharsets.UTF_8), "user", Set.of(used));
      Path half =
          Files.createDirectory(store.objects().resolve("q06x3jll2yfzckz2bzqak089p43ixkkq-half"));
      Files.writeString(half.resolve("file"), "half");
      Files.createFile(store.objects().resolve("q06x3jll2yfzckz2bzqak089p43ixkkq-half.lock"));
      SystemCalls.changeMode(store.physical(used), 0644);
    }
    Deletion.delete(root.resolve("nix/var/nix/db"));

    DatabaseRebuild.Rebuilt rebuilt = DatabaseRebuild.run(root, Clock.systemUTC());

    assertThat(rebuilt.rejected())
        .containsOnlyKeys(
            used.baseName(),
            user.baseName(),
            "q06x3jll2yfzckz2bzqak089p43ixkkq-half",
            "q06x3jll2yfzckz2bzqak089p43ixkkq-half.lock");
    assertThat(rebuilt.valid()).isEmpty();
  }

  @Test
  void aStoreThatSomebodyHasOpenIsLeftAlone() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      StoreException thrown =
          catchThrowableOfType(
              StoreException.class, () -> DatabaseRebuild.run(root, Clock.systemUTC()));
      assertThat(thrown.problem()).isEqualTo(new StoreProblem.StoreOpen(store.root()));
    }
  }

  @Test
  void aDerivationCountsByItsNamesAndNotByWhatItMentions() throws Exception {
    StorePath input;
    StorePath derivation;
    try (LocalStore store = LocalStore.open(root)) {
      input = store.addText(new byte[] {1}, "input", Set.of());
      StorePath mentioned = store.addText(new byte[] {2}, "mentioned", Set.of());
      Derivation built =
          Derivation.named("x")
              .system("x86_64-linux")
              .builder("/bin/sh")
              .source(input)
              .env("see", mentioned.toString())
              .output("out")
              .build(new DerivationHasher(path -> fail("there is no " + path)));
      derivation = store.addDerivation(built);
    }
    Deletion.delete(root.resolve("nix/var/nix/db"));

    DatabaseRebuild.Rebuilt _ = DatabaseRebuild.run(root, Clock.systemUTC());

    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.references(derivation)).containsExactly(input);
    }
  }
}
