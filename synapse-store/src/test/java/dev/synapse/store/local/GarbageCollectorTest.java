package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.RandomGraph;
import dev.synapse.store.oracle.Seeds;
import dev.synapse.store.path.StorePath;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GarbageCollectorTest {
  private static final int MANY = 1500;

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

  private static StorePath text(LocalStore store, String name, StorePath... references)
      throws IOException {
    StringBuilder text = new StringBuilder(name + "\n");
    for (StorePath reference : references) {
      text.append(reference);
    }
    return store.addText(
        text.toString().getBytes(StandardCharsets.UTF_8), name, Set.of(references));
  }

  @Test
  void aPlanSaysWhatGoesAndWhatKeepsTheRest() throws Exception {
    StorePath base;
    StorePath middle;
    StorePath top;
    StorePath loose;
    Path link = folder.resolve("result");
    try (LocalStore store = LocalStore.open(root)) {
      base = text(store, "base");
      middle = text(store, "middle", base);
      top = text(store, "top", middle);
      loose = text(store, "loose", base);
      store.addIndirectRoot(link, top, LinkText.PHYSICAL);
    }
    try (LocalStore store = LocalStore.open(root)) {
      CollectionPlan plan = store.collector().plan();

      StoreRoot byLink = new StoreRoot(top, StoreRoot.Kind.LINK, link.toString());
      assertThat(plan.dead())
          .containsExactly(
              new CollectionPlan.Dead(
                  loose.baseName(), Optional.of(loose), Files.size(store.physical(loose))));
      assertThat(plan.bytes()).isEqualTo(Files.size(store.physical(loose)));
      assertThat(plan.kept())
          .containsExactlyInAnyOrder(
              new CollectionPlan.Kept(top, byLink, Optional.empty()),
              new CollectionPlan.Kept(middle, byLink, Optional.of(top)),
              new CollectionPlan.Kept(base, byLink, Optional.of(middle)));
      assertThat(store.collector().roots()).containsExactly(byLink);
      assertThat(store.collector().rootsOf(base)).containsExactly(byLink);
      assertThat(store.allValid()).hasSize(4);
    }
  }

  @Test
  void aResultThatIsGoneKeepsNothing() throws Exception {
    Path link = folder.resolve("result");
    try (LocalStore store = LocalStore.open(root)) {
      store.addIndirectRoot(link, text(store, "kept"), LinkText.PHYSICAL);
    }
    Files.delete(link);
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.collector().plan().dead()).hasSize(1);
      assertThat(store.collector().collect().deleted()).hasSize(1);
    }
    assertThat(root.resolve("nix/var/nix/gcroots/synapse")).isEmptyDirectory();
    assertThat(root.resolve("nix/var/nix/gcroots/auto")).isEmptyDirectory();
  }

  @Test
  void aPathThatAnotherProcessMadeIsKeptWhileItRuns() throws Exception {
    Process holding = CollectingProcess.start("hold", root.toString(), "held");
    try (BufferedReader out = holding.inputReader();
        LocalStore store = LocalStore.open(root)) {
      StorePath held = StorePath.parse(out.readLine());

      assertThat(store.collector().plan().dead()).isEmpty();
      assertThat(store.collector().collect().deleted()).isEmpty();
      StoreException refused =
          catchThrowableOfType(StoreException.class, () -> store.collector().delete(List.of(held)));
      assertThat(refused.problem())
          .isEqualTo(new StoreProblem.StillAlive(held, "{temp:" + holding.pid() + "}"));

      holding.getOutputStream().close();
      assertThat(holding.waitFor()).isZero();
      assertThat(store.collector().collect().deleted()).containsExactly(held.baseName());
    }
  }

  @Test
  void whatIsBeingMadeIsNotDeletedAsALeftover() throws Exception {
    StorePath path = StorePath.ofBaseName("q06x3jll2yfzckz2bzqak089p43ixkkq-made");
    try (LocalStore making = LocalStore.open(root);
        LocalStore store = LocalStore.open(root)) {
      try (PathLocks _ = making.lock(List.of(path))) {
        Files.createDirectory(store.physical(path));
        assertThat(store.collector().plan().dead()).isEmpty();
        assertThat(store.collector().collect().deleted()).isEmpty();
        assertThat(store.physical(path)).isDirectory();
      }
    }
    // Neither a lock without a temporary root is overlooked, as one of an older version of Nix.
    try (LocalStore store = LocalStore.open(root)) {
      try (PathLocks _ = PathLocks.take(List.of(store.physical(path)), () -> {})) {
        assertThat(store.collector().plan().dead()).isEmpty();
        assertThat(store.collector().collect().deleted()).isEmpty();
        StoreException refused =
            catchThrowableOfType(
                StoreException.class, () -> store.collector().delete(List.of(path)));
        assertThat(refused.problem()).isEqualTo(new StoreProblem.InUse(path));
      }
      assertThat(store.collector().collect().deleted()).containsExactly(path.baseName());
      assertThat(store.physical(path)).doesNotExist();
    }
  }

  @Test
  void aProgramThatRunsFromTheStoreIsKept() throws Exception {
    Path program = folder.resolve("sleep");
    Files.copy(Path.of("/bin/sleep"), program);
    StorePath path;
    try (LocalStore store = LocalStore.open(root)) {
      path = store.addTree(program, "sleep");
    }
    try (LocalStore store = LocalStore.open(root)) {
      Process running = new ProcessBuilder(store.physical(path).toString(), "600").start();
      try {
        assertThat(store.collector().roots())
            .contains(
                new StoreRoot(path, StoreRoot.Kind.RUNNING, "/proc/" + running.pid() + "/exe"));
        assertThat(store.collector().collect().deleted()).isEmpty();
      } finally {
        running.destroyForcibly().waitFor();
      }
      assertThat(store.collector().collect().deleted()).containsExactly(path.baseName());
    }
  }

  @Test
  void rootsAreToldBelowALongPathToo() throws Exception {
    root = folder.resolve("long".repeat(40));
    StoreLayout layout = new StoreLayout(root);
    try (LocalStore store = LocalStore.open(root);
        FileLock _ = FileLock.exclusive(layout.collectorLock());
        RootServer server = RootServer.start(layout)) {
      StorePath path = text(store, "told");
      assertThat(server.named()).containsExactly(path.digest());
    }
  }

  @Test
  void twoCollectionsWaitForEachOther() throws Exception {
    try (LocalStore store = LocalStore.open(root);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Collected> second;
      try (FileLock _ = FileLock.exclusive(new StoreLayout(root).collectorLock())) {
        var waits = new CountDownLatch(1);
        second = threads.submit(() -> store.collector().onWait(waits::countDown).collect());
        waits.await();
        assertThat(second.isDone()).isFalse();
      }
      assertThat(second.get().deleted()).isEmpty();
    }
  }

  @Test
  void whatABuildLeftAndCannotBeDeletedIsToldAndEndsNoCollection() throws Exception {
    List<String> told = new ArrayList<>();
    StorePath loose;
    try (LocalStore store = LocalStore.open(root)) {
      loose = text(store, "loose");
    }
    try (LocalStore store = LocalStore.open(root)) {
      String unlockable = "x".repeat(255); // the name of its lock would be too long
      Files.createDirectories(root.resolve("nix/var/nix/builds").resolve(unlockable));

      GarbageCollector collector = store.collector().onWarning(told::add);
      assertThat(collector.collect().deleted()).containsExactly(loose.baseName());
      assertThat(collector.collect().deleted()).isEmpty();

      assertThat(told).singleElement().asString().contains(unlockable, "delete it");
    }
  }

  @Test
  void whatOthersMakeValidMeanwhileKeepsWhatItNeeds() throws Exception {
    try (LocalStore store = LocalStore.open(root);
        LocalStore other = LocalStore.open(root);
        Database database = new Database(new StoreLayout(root))) {
      StorePath needed = text(store, "needed");
      StorePath dead = text(store, "dead");
      Derivation derivation = derivation(store, "built");
      StorePath drv = store.addDerivation(derivation);
      Derivation another = derivation(store, "another");
      StorePath output = another.outputPath("out").orElseThrow();
      register(store, output, Optional.empty());

      PathGraph graph = database.graph();
      text(other, "user", needed);
      register(other, derivation.outputPath("out").orElseThrow(), Optional.of(drv));
      other.addDerivation(another);
      PathGraph.Keeping all = new PathGraph.Keeping(true, true);

      assertThat(database.removeDead(List.of(needed, dead, drv, output), graph, all))
          .containsExactly(dead);
      assertThat(database.removeDead(List.of(drv, output), database.graph(), all))
          .as("who has the newest graph is believed")
          .containsExactly(drv, output);
    }
  }

  private static Derivation derivation(LocalStore store, String name) throws Exception {
    return Derivation.named(name)
        .system("x86_64-linux")
        .builder("/bin/sh")
        .output("out")
        .build(new DerivationHasher(store.derivations()));
  }

  private static void register(LocalStore store, StorePath path, Optional<StorePath> deriver)
      throws IOException {
    Files.writeString(store.physical(path), "output");
    store.registerOutputs(
        List.of(
            PathInfo.of(
                path,
                Nar.hash(store.physical(path)),
                Set.of(),
                new PathInfo.Origin(deriver, 1, true, List.of(), Optional.empty()))));
  }

  @Test
  void addingAndCollectingAtTheSameTimeLosesNothing() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        LocalStore collecting = LocalStore.open(root);
        LocalStore adding = LocalStore.open(root)) {
      Future<Integer> deleted =
          threads.submit(
              () -> {
                int count = 0;
                for (int round = 0; round < 20; round++) {
                  count += collecting.collector().collect().deleted().size();
                }
                return count;
              });
      StorePath last = text(adding, "start");
      for (int number = 0; !deleted.isDone(); number++) {
        last = text(adding, "n" + number, last);
        assertThat(adding.isValid(last)).isTrue();
        assertThat(adding.physical(last)).isRegularFile();
      }
      assertThat(deleted.get()).isZero();
      assertThat(adding.verify(true)).isEmpty();
    }
  }

  @Test
  void aKilledCollectionLeavesASoundStore() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      RandomGraph graph = new RandomGraph(store, Seeds.of("a killed collection", 13));
      graph.grow(MANY);
    }
    Path objects = root.resolve("nix/store");
    int killed = 0;
    for (int left = MANY - 50; left > 0; left -= 300) {
      Process collecting = CollectingProcess.start("collect", root.toString());
      while (collecting.isAlive() && objects.toFile().list().length > left) {
        Thread.onSpinWait();
      }
      killed += collecting.destroyForcibly().waitFor() == 0 ? 0 : 1;
      try (LocalStore store = LocalStore.open(root)) {
        assertThat(store.verify(true)).as("with %d left", left).isEmpty();
      }
      if (Nix.isThere()) {
        new Nix(root, folder).accepts();
      }
    }
    assertThat(killed).isPositive();
    Process after = CollectingProcess.start("collect", root.toString());
    assertThat(after.waitFor()).isZero();
    assertThat(objects.toFile().list()).containsExactly(".links");
  }
}
