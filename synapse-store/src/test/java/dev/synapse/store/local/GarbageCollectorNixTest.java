package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.RandomGraph;
import dev.synapse.store.oracle.Seeds;
import dev.synapse.store.path.StorePath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Collecting beside real Nix: the same is dead, the same stays, at the same time too.
final class GarbageCollectorNixTest {
  private static final int GRAPHS = 6;
  private static final int SIZE = 60;

  @TempDir Path folder;
  private Path root;
  private Nix nix;

  @BeforeEach
  void findNix() {
    Nix.assume();
    root = folder.resolve("root");
    nix = new Nix(root, folder);
  }

  @AfterEach
  void deleteStores() throws Exception {
    for (Path each : Canonical.children(folder)) {
      Deletion.delete(each);
    }
  }

  @Test
  void theSameIsDeadAndAliveInRandomGraphs() throws Exception {
    long seed = Seeds.of("collecting random graphs", 15);
    for (int round = 0; round < GRAPHS; round++) {
      Random random = new Random(seed + round);
      boolean derivations = random.nextBoolean();
      boolean outputs = random.nextBoolean();
      root = folder.resolve("graph" + round);
      nix = new Nix(root, folder);
      fill(random);
      String[] options = {
        "--option", "keep-derivations", "" + derivations, "--option", "keep-outputs", "" + outputs
      };
      List<String> dead = new ArrayList<>(nix.store(with(options, "--gc", "--print-dead")));
      final List<String> live = nix.store(with(options, "--gc", "--print-live"));
      final List<String> roots = nix.store(with(options, "--gc", "--print-roots"));
      // Nix 2.8 deletes such a file even when it should only print what is dead.
      Files.writeString(root.resolve("nix/store/no path"), "no path");
      dead.add("/nix/store/no path");
      Path copy = folder.resolve("copy" + round);
      new Nix(root, folder)
          .succeed(new ProcessBuilder("cp", "-a", root.toString(), copy.toString()));

      try (LocalStore store = LocalStore.open(root)) {
        GarbageCollector collector = store.collector().keeping(derivations, outputs);
        CollectionPlan plan = collector.plan();
        assertThat(plan.dead().stream().map(each -> "/nix/store/" + each.name()))
            .as("seed %d round %d", seed, round)
            .containsExactlyInAnyOrderElementsOf(dead);
        assertThat(plan.kept().stream().map(each -> each.path().toString()))
            .as("seed %d round %d", seed, round)
            .containsExactlyInAnyOrderElementsOf(live);
        assertThat(collector.roots().stream().map(StoreRoot::toString))
            .containsExactlyInAnyOrderElementsOf(roots);
        assertThat(dead).isNotEmpty();
        assertThat(live).isNotEmpty();

        Collected collected = collector.collect();
        assertThat(collected.bytes()).isEqualTo(plan.bytes());
        assertThat(collected.deleted())
            .isEqualTo(plan.dead().stream().map(CollectionPlan.Dead::name).toList());
        assertThat(store.allValid().stream().map(StorePath::toString))
            .containsExactlyInAnyOrderElementsOf(live);
        assertThat(nix.store(with(options, "--gc", "--print-dead"))).isEmpty();
        nix.accepts();
        sameAfterNix(copy, options, collected);
      }
    }
  }

  /// Real Nix deletes as many files and bytes of a copy, and leaves the same.
  private void sameAfterNix(Path copy, String[] options, Collected ours) throws Exception {
    Nix theirs = new Nix(copy, folder);
    Nix.Outcome outcome = theirs.succeed(theirs.storeCommand(with(options, "--gc")));
    assertThat(outcome.errors() + outcome.lines())
        .contains(
            "%d store paths deleted, %.2f MiB freed"
                .formatted(ours.deleted().size(), ours.bytes() / 1048576.0));
    assertThat(names(copy.resolve("nix/store"))).isEqualTo(names(root.resolve("nix/store")));
  }

  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path child : Canonical.children(directory)) {
      names.add(child.getFileName().toString());
    }
    return names;
  }

  private static String[] with(String[] options, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  /// A random graph with roots of every kind, and leftovers.
  private void fill(Random random) throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      RandomGraph graph = new RandomGraph(store, random.nextLong());
      graph.grow(SIZE);
      Path roots = root.resolve("nix/var/nix/gcroots");
      Path profile = Files.createDirectories(root.resolve("nix/var/nix/profiles/per-user/me"));
      for (int index = 0; index < 6; index++) {
        StorePath path = graph.paths().get(random.nextInt(graph.paths().size()));
        String name = "r" + index;
        switch (index) {
          case 0 -> store.addIndirectRoot(root.resolve(name), path);
          case 1 -> store.addIndirectRoot(root.resolve(name), path, LinkText.LOGICAL);
          case 2 -> Files.createSymbolicLink(roots.resolve(name), Path.of(path + "/sub"));
          case 3 -> Files.createSymbolicLink(profile.resolve(name), Path.of(path.toString()));
          case 4 -> Files.createFile(roots.resolve(path.baseName()));
          default -> {
            store.addIndirectRoot(root.resolve(name), path);
            Files.delete(root.resolve(name));
          }
        }
      }
      Files.createSymbolicLink(roots.resolve("far"), Path.of("/nowhere/at/all"));
      Files.createSymbolicLink(
          roots.resolve("invalid"), Path.of("/nix/store/q06x3jll2yfzckz2bzqak089p43ixkkq-no"));
      Files.createDirectory(store.objects().resolve("q06x3jll2yfzckz2bzqak089p43ixkkq-left"));
      Files.writeString(
          store.objects().resolve("q06x3jll2yfzckz2bzqak089p43ixkkq-left/over"), "left over");
      Files.createFile(store.objects().resolve("q06x3jll2yfzckz2bzqak089p43ixkkq-left.lock"));
    }
  }

  @Test
  void whatALimitLeavesIsSound() throws Exception {
    fill(new Random(7));
    try (LocalStore store = LocalStore.open(root)) {
      CollectionPlan plan = store.collector().plan();
      long limit = plan.bytes() / 3;
      Collected collected = store.collector().collect(limit);
      assertThat(collected.bytes()).isGreaterThan(limit).isLessThan(limit + 10_000);
      assertThat(collected.deleted())
          .isEqualTo(
              plan.dead().stream()
                  .map(CollectionPlan.Dead::name)
                  .limit(collected.deleted().size())
                  .toList());
      nix.accepts();
    }
  }

  @Test
  void aPathIsDeletedWithAllThatNeedIt() throws Exception {
    try (LocalStore adding = LocalStore.open(root)) {
      StorePath base = text(adding, "base");
      StorePath _ = text(adding, "user", base);
      StorePath other = text(adding, "other");
      adding.addIndirectRoot(folder.resolve("result"), other);
    }
    try (LocalStore store = LocalStore.open(root)) {
      List<StorePath> all = List.copyOf(store.allValid());
      StorePath base = named(all, "base");
      StorePath user = named(all, "user");
      StorePath other = named(all, "other");

      StoreException needed =
          catchThrowableOfType(StoreException.class, () -> store.collector().delete(List.of(base)));
      assertThat(needed.problem()).isEqualTo(new StoreProblem.StillReferred(base, user));
      StoreException rooted =
          catchThrowableOfType(
              StoreException.class, () -> store.collector().delete(List.of(user, other)));
      assertThat(rooted.problem())
          .isEqualTo(new StoreProblem.StillAlive(other, folder.resolve("result").toString()));
      assertThat(store.allValid()).hasSize(3);

      assertThat(store.collector().delete(List.of(base, user)).deleted())
          .containsExactly(user.baseName(), base.baseName());
      assertThat(store.allValid()).containsExactly(other);
      nix.accepts();
    }
  }

  @Test
  void rootsOfAPathAreThoseThatNixNames() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      RandomGraph graph = new RandomGraph(store, 11);
      graph.grow(SIZE);
      for (int index = 0; index < 5; index++) {
        store.addIndirectRoot(folder.resolve("r" + index), graph.paths().get(SIZE - 1 - 9 * index));
      }
    }
    try (LocalStore store = LocalStore.open(root)) {
      for (StorePath path : store.allValid()) {
        assertThat(store.collector().rootsOf(path).stream().map(StoreRoot::toString))
            .containsExactlyInAnyOrderElementsOf(nix.store("--query", "--roots", path.toString()));
      }
    }
  }

  @Test
  void whatNixAddsDuringACollectionIsKept() throws Exception {
    Path file = Files.writeString(folder.resolve("added"), "added meanwhile");
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.allValid()).isEmpty();
    }
    StoreLayout layout = new StoreLayout(root);
    try (FileLock _ = FileLock.exclusive(layout.collectorLock());
        RootServer server = RootServer.start(layout)) {
      String added = nix.store("--add", file.toString()).getFirst();
      assertThat(server.named()).contains(StorePath.parse(added).digest());
      assertThat(server.claim(List.of(StorePath.parse(added).digest()))).isFalse();
    }
  }

  @Test
  void nixWaitsForAPathThatIsBeingDeleted() throws Exception {
    Path file = Files.writeString(folder.resolve("added"), "deleted meanwhile");
    StorePath path;
    try (LocalStore store = LocalStore.open(root)) {
      path = store.addTree(file, "added");
    }
    StoreLayout layout = new StoreLayout(root);
    try (FileLock _ = FileLock.exclusive(layout.collectorLock());
        RootServer server = RootServer.start(layout)) {
      assertThat(server.claim(List.of(path.digest()))).isTrue();
      Process adding = nix.storeCommand("--add", file.toString()).start();
      while (!server.named().contains(path.digest())) {
        assertThat(adding.isAlive()).isTrue();
        Thread.onSpinWait();
      }
      assertThat(adding.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
      server.release();
      assertThat(adding.waitFor()).isZero();
    }
  }

  @Test
  void whatARunningNixBuildsAndNeedsIsKept() throws Exception {
    StorePath needed;
    StorePath drv;
    Derivation derivation;
    try (LocalStore store = LocalStore.open(root)) {
      needed = text(store, "needed");
      text(store, "garbage");
      derivation =
          Derivation.named("slow")
              .system("x86_64-linux")
              .builder("/bin/sh")
              .arg("-c")
              .arg("echo started > /w/up; read l < /w/down; read l < $needed; echo $l > $out")
              .env("needed", needed.toString())
              .source(needed)
              .output("out")
              .build(new DerivationHasher(store.derivations()));
      drv = store.addDerivation(derivation);
    }
    Path pipes = Files.createDirectory(folder.resolve("pipes"));
    nix.succeed(new ProcessBuilder("mkfifo", "-m", "666", pipes + "/up", pipes + "/down"));
    Files.setPosixFilePermissions(pipes, PosixFilePermissions.fromString("rwxrwxrwx"));
    Process building =
        nix.storeCommand(
                "--realise",
                drv.toString(),
                "--option",
                "sandbox",
                "true",
                "--option",
                "sandbox-paths",
                "/bin /lib /lib64 /usr /w=" + pipes)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    String started;
    try (BufferedReader up = Files.newBufferedReader(pipes.resolve("up"))) {
      started = up.readLine();
    }
    assertThat(started).isEqualTo("started");
    try (LocalStore store = LocalStore.open(root)) {
      Collected collected = store.collector().collect();
      assertThat(collected.deleted()).singleElement().asString().endsWith("-garbage");
      StoreException refused =
          catchThrowableOfType(
              StoreException.class, () -> store.collector().delete(List.of(needed)));
      assertThat(refused.problem()).isInstanceOf(StoreProblem.class);
    }
    try (OutputStream down = Files.newOutputStream(pipes.resolve("down"))) {
      down.write("go\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(building.waitFor()).as(() -> read(folder.resolve("log"))).isZero();
    nix.accepts();
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.isValid(derivation.outputPath("out").orElseThrow())).isTrue();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static StorePath named(List<StorePath> paths, String name) {
    return paths.stream().filter(path -> path.name().equals(name)).findFirst().orElseThrow();
  }

  private static StorePath text(LocalStore store, String name, StorePath... references)
      throws IOException {
    StringBuilder text = new StringBuilder(name + "\n");
    for (StorePath reference : references) {
      text.append(reference);
    }
    return store.addText(
        text.toString().getBytes(StandardCharsets.UTF_8), name, Set.of(references));
  }
}
