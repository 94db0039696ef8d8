package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a collection keeps and deletes by the choice of who asks for it.
final class CollectorChoicesTest {
  private static final StorePath ABSENT = new StorePath("1".repeat(32), "absent");

  @TempDir Path folder;
  private Path root;
  private StorePath base;
  private StorePath user;
  private StorePath drv;
  private StorePath output;

  /// A text and another one that refers to it; a derivation and its output.
  @BeforeEach
  void fill() throws Exception {
    root = folder.resolve("root");
    try (LocalStore store = LocalStore.open(root)) {
      base = text(store, "base", Set.of());
      user = text(store, "user", Set.of(base));
      Derivation derivation =
          Derivation.named("built")
              .system("x86_64-linux")
              .builder("/bin/sh")
              .output("out")
              .build(new DerivationHasher(store.derivations()));
      drv = store.addDerivation(derivation);
      output = derivation.outputPath("out").orElseThrow();
      Files.writeString(store.physical(output), "output");
      store.registerOutputs(
          List.of(
              PathInfo.of(
                  output,
                  Nar.hash(store.physical(output)),
                  Set.of(),
                  new PathInfo.Origin(Optional.of(drv), 1, true, List.of(), Optional.empty()))));
    } // with it, the temporary roots are gone
  }

  @AfterEach
  void deleteStore() throws Exception {
    Deletion.delete(root);
  }

  private static StorePath text(LocalStore store, String name, Set<StorePath> references)
      throws IOException {
    return store.addText((name + references).getBytes(StandardCharsets.UTF_8), name, references);
  }

  private static StoreProblem problem(LocalStore store, StorePath... paths) {
    return catchThrowableOfType(
            StoreException.class, () -> store.collector().delete(List.of(paths)))
        .problem();
  }

  private void keep(StorePath path) throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      Path _ = store.addIndirectRoot(folder.resolve("result"), path);
    }
  }

  @Test
  void anOutputKeepsItsDerivationUnlessToldOtherwise() throws Exception {
    keep(output);
    try (LocalStore store = LocalStore.open(root)) {
      GarbageCollector collector = store.collector();
      assertThat(collector.plan().dead())
          .extracting(CollectionPlan.Dead::name)
          .containsExactlyInAnyOrder(base.baseName(), user.baseName());
      assertThat(collector.rootsOf(drv)).isNotEmpty();

      GarbageCollector careless = collector.keeping(false, false);
      assertThat(careless.rootsOf(drv)).isEmpty();
      assertThat(careless.collect().deleted())
          .containsExactlyInAnyOrder(base.baseName(), user.baseName(), drv.baseName());
      assertThat(store.allValid()).containsExactly(output);
    }
  }

  @Test
  void aDerivationKeepsItsOutputsWhereThatIsAskedFor() throws Exception {
    keep(drv);
    try (LocalStore store = LocalStore.open(root)) {
      GarbageCollector careful = store.collector().keeping(true, true);
      assertThat(careful.rootsOf(output)).isNotEmpty();
      assertThat(careful.collect().deleted())
          .containsExactlyInAnyOrder(base.baseName(), user.baseName());
      assertThat(store.collector().collect().deleted()).containsExactly(output.baseName());
      assertThat(store.allValid()).containsExactly(drv);
    }
  }

  @Test
  void whatIsChosenIsDeletedOnlyIfNothingElseNeedsIt() throws Exception {
    keep(user);
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(problem(store, ABSENT)).isEqualTo(new StoreProblem.NotValid(ABSENT));
      assertThat(problem(store, base))
          .isInstanceOfSatisfying(
              StoreProblem.StillAlive.class, alive -> assertThat(alive.path()).isEqualTo(base));
      assertThat(problem(store, drv)).isEqualTo(new StoreProblem.StillReferred(drv, output));
      assertThat(problem(store, drv).message())
          .isEqualTo("'%s' is needed by '%s': delete that with it".formatted(drv, output));
      assertThat(store.allValid()).as("all or nothing").hasSize(4);

      assertThat(store.collector().delete(List.of(drv, output)).deleted())
          .containsExactlyInAnyOrder(drv.baseName(), output.baseName());
      assertThat(store.allValid()).containsExactlyInAnyOrder(base, user);
    }
  }

  @Test
  void whatRefersToOthersIsDeletedBeforeThem() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(problem(store, base)).isEqualTo(new StoreProblem.StillReferred(base, user));
      assertThat(store.collector().delete(List.of(base, user)).deleted())
          .containsExactly(user.baseName(), base.baseName());
    }
  }

  @Test
  void whatADeadProcessLeftIsPlannedAndDeleted() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      Path half = Files.createDirectory(store.physical(ABSENT));
      Files.writeString(half.resolve("file"), "half");
      Path scratch = Files.writeString(store.objects().resolve("tmp-1-2"), "scratch");
      Path lock = Files.createFile(store.objects().resolve(ABSENT.baseName() + ".lock"));
      Path odd = Files.createFile(store.objects().resolve("q".repeat(32) + "-"));

      assertThat(store.collector().plan().dead())
          .extracting(CollectionPlan.Dead::name)
          .contains(ABSENT.baseName(), "tmp-1-2", lock.getFileName().toString());
      Collected collected = store.collector().collect();
      assertThat(collected.deleted())
          .contains(ABSENT.baseName(), "tmp-1-2", lock.getFileName().toString());
      assertThat(half).doesNotExist();
      assertThat(scratch).doesNotExist();
      assertThat(lock).doesNotExist();
      assertThat(odd).as("what has no name of a store path").doesNotExist();
    }
  }

  @Test
  void whatADeadProcessLeftCanBeChosen() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      Files.createDirectory(store.physical(ABSENT));
      assertThat(store.collector().delete(List.of(ABSENT)).deleted())
          .containsExactly(ABSENT.baseName());
      assertThat(store.allValid()).hasSize(4);
    }
  }

  @Test
  void aCollectionEndsWhenEnoughIsFree() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      Files.createDirectory(store.physical(ABSENT));
      Collected one = store.collector().collect(0);
      assertThat(one.deleted()).as("one file is more than nothing").hasSize(1);
      assertThat(one.bytes()).isPositive();
      assertThat(store.collector().collect(1 << 20).deleted()).hasSize(4);
      assertThat(store.allValid()).isEmpty();
    }
  }

  @Test
  void contentThatNoPathHasAnyMoreIsDeletedWithTheLast() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.optimiser().all().files()).isZero();
    }
    try (LocalStore store = LocalStore.open(root)) {
      Path links = store.objects().resolve(".links");
      assertThat(links).isNotEmptyDirectory();
      Collected all = store.collector().collect();
      assertThat(all.deleted()).hasSize(4);
      assertThat(links).isEmptyDirectory();
    }
  }

  @Test
  void whatThisProcessIsMakingIsARootOnlyOnceItIsValid() throws Exception {
    try (LocalStore making = LocalStore.open(root);
        LocalStore store = LocalStore.open(root)) {
      making.addTemporaryRoot(ABSENT);
      making.addTemporaryRoot(base);
      assertThat(store.collector().roots())
          .extracting(StoreRoot::path)
          .contains(base)
          .doesNotContain(ABSENT);
      Files.createDirectory(store.physical(ABSENT));
      assertThat(store.collector().plan().dead())
          .extracting(CollectionPlan.Dead::name)
          .as("a temporary root keeps what is being made, too")
          .doesNotContain(ABSENT.baseName(), base.baseName())
          .contains(user.baseName());
    }
  }

  @Test
  void anInterruptedCollectionDeletesNothing() throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(() -> store.collector().collect())
            .isInstanceOf(InterruptedIOException.class);
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
      assertThat(store.allValid()).hasSize(4);
      assertThat(store.verify(true)).isEmpty();
    }
  }

  @Test
  void filesWithTheNameOfAPathAreRootsAsInNix() throws Exception {
    Files.createFile(root.resolve("nix/var/nix/gcroots").resolve(base.baseName()));
    Files.createFile(root.resolve("nix/var/nix/gcroots/something else"));
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.collector().roots()).extracting(StoreRoot::path).containsExactly(base);
      assertThat(store.collector().collect().deleted()).hasSize(3).doesNotContain(base.baseName());
    }
  }
}
