package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalStoreTest {
  private static final long NOW = 1_700_000_000L;
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Path root;
  private LocalStore store;

  @BeforeEach
  void open() throws Exception {
    root = folder.resolve("root");
    store = LocalStore.open(root, Clock.fixed(Instant.ofEpochSecond(NOW), ZoneOffset.UTC));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    Deletion.delete(root);
  }

  @Test
  void addsATreeAtThePathThatNixGivesIt() throws Exception {
    Path file = Files.write(folder.resolve("hello.txt"), HELLO);

    StorePath path = store.addTree(file, "hello.txt");

    assertThat(path.baseName()).isEqualTo("i9pmrzmpshapij2kin22pff6fc2adavx-hello.txt");
    assertThat(store.physical(path)).hasBinaryContent(HELLO);
    PathInfo info = store.find(path).orElseThrow();
    assertThat(info.nar()).isEqualTo(Nar.hash(file));
    assertThat(info.narSize()).isEqualTo(120);
    assertThat(info.contentAddress()).contains(new ContentAddress.Fixed(true, info.narHash()));
    assertThat(info.registrationTime()).isEqualTo(NOW);
    assertThat(info.ultimate()).isFalse();
    assertThat(info.deriver()).isEmpty();
  }

  @Test
  void addsATextWithItsReferences() throws Exception {
    StorePath plain = store.addText(HELLO, "hello.txt", Set.of());
    StorePath referring = store.addText(ByteString.of(plain.toString()), "r", Set.of(plain));

    assertThat(plain.baseName()).isEqualTo("qa1w9gdfrba6jl2r57mb3c43863gqywp-hello.txt");
    assertThat(store.references(referring)).containsExactly(plain);
    assertThat(store.referrers(plain)).containsExactly(referring);
    assertThat(store.closure(List.of(referring))).containsExactlyInAnyOrder(plain, referring);
  }

  @Test
  void addsAFileOfAKnownHash() throws Exception {
    Path file = Files.write(folder.resolve("x"), HELLO);

    StorePath path = store.addFile(file, "hello.txt", Hash.of(HashAlgorithm.SHA256, HELLO));

    assertThat(path.baseName()).isEqualTo("gy454w1cxaq731grqwylhzf4pp9r5izh-hello.txt");
  }

  @Test
  void leavesNothingOfAFileWithAnotherHash() throws Exception {
    Path file = Files.write(folder.resolve("x"), HELLO);
    Hash expected = Hash.of(HashAlgorithm.SHA256, new byte[0]);

    StoreException thrown =
        catchThrowableOfType(
            StoreException.class, () -> store.addFile(file, "hello.txt", expected));

    assertThat(thrown.problem())
        .isEqualTo(
            new StoreProblem.WrongHash(
                "hello.txt", expected, Hash.of(HashAlgorithm.SHA256, HELLO)));
    assertThat(store.allValid()).isEmpty();
    assertThat(objectNames()).isEmpty();
    assertThat(root.resolve("nix/var/nix/builds")).isEmptyDirectory();
  }

  @Test
  void keepsOnlyWhatTheFilterTakes() throws Exception {
    Path tree = tree();

    StorePath path = store.addTree(tree, file -> !file.startsWith("sub"), "t");

    assertThat(store.physical(path).resolve("run")).exists();
    assertThat(store.physical(path).resolve("sub")).doesNotExist();
  }

  @Test
  void givesObjectsCanonicalMetadata() throws Exception {
    Path object = store.physical(store.addTree(tree(), "t"));

    assertThat(permissions(object)).isEqualTo("r-xr-xr-x");
    assertThat(permissions(object.resolve("run"))).isEqualTo("r-xr-xr-x");
    assertThat(permissions(object.resolve("sub/data"))).isEqualTo("r--r--r--");
    for (String name : List.of("", "run", "sub", "sub/data", "link")) {
      assertThat(
              Files.getLastModifiedTime(object.resolve(name), LinkOption.NOFOLLOW_LINKS).toMillis())
          .as(name)
          .isEqualTo(1000);
    }
  }

  @Test
  void addingTwiceChangesNothing() throws Exception {
    StorePath first = store.addTree(tree(), "t");
    FileTime changed = (FileTime) Files.getAttribute(store.physical(first), "unix:ctime");

    assertThat(store.addTree(folder.resolve("tree"), "t")).isEqualTo(first);
    assertThat(Files.getAttribute(store.physical(first), "unix:ctime")).isEqualTo(changed);
    assertThat(store.allValid()).hasSize(1);
  }

  @Test
  void addsOtherContentsUnderAKnownName() throws Exception {
    StorePath first = store.addTree(tree(), "t");
    Files.writeString(folder.resolve("tree/more"), "more");

    assertThat(store.addTree(folder.resolve("tree"), "t")).isNotEqualTo(first);
    assertThat(store.allValid()).hasSize(2);
  }

  @Test
  void whatSomeoneElseAddsMeanwhileIsNotReplaced() throws Exception {
    Path tree = tree();
    List<StorePath> meanwhile = new ArrayList<>();
    Predicate<Path> whileItIsCopied =
        file -> {
          meanwhile.add(addedByAnother(tree));
          return true;
        };

    StorePath path = store.addTree(tree, whileItIsCopied, "t");

    assertThat(meanwhile).isNotEmpty().containsOnly(path);
    assertThat(store.allValid()).containsExactly(path);
    assertThat(root.resolve("nix/var/nix/builds")).isEmptyDirectory();
  }

  @Test
  void replacesLeftoversThatAreNotValid() throws Exception {
    StorePath path = store.addTree(tree(), "t");
    store.close();
    Deletion.delete(root);
    open();
    Path leftover = Files.createDirectory(store.physical(path));
    Files.writeString(leftover.resolve("half"), "half");
    Files.setPosixFilePermissions(leftover, PosixFilePermissions.fromString("r-xr-xr-x"));

    assertThat(store.isValid(path)).isFalse();
    assertThat(store.addTree(folder.resolve("tree"), "t")).isEqualTo(path);
    assertThat(leftover.resolve("half")).doesNotExist();
    assertThat(store.verify(true)).isEmpty();
  }

  @Test
  void refusesReferencesThatAreNotValid() throws Exception {
    StorePath absent = StorePath.ofBaseName("q06x3jll2yfzckz2bzqak089p43ixkkq-no");

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> store.addText(HELLO, "t", Set.of(absent)));

    assertThat(thrown.problem()).isInstanceOf(StoreProblem.InvalidReference.class);
    assertThat(objectNames()).isEmpty();
    assertThat(store.allValid()).isEmpty();
  }

  @Test
  void refusesNamesThatNoPathHas() {
    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> store.addTree(folder, "with blank"));

    assertThat(thrown.problem()).isEqualTo(new StoreProblem.BadName("with blank"));
  }

  @Test
  void saysThatASourceDoesNotExist() {
    assertThatThrownBy(() -> store.addTree(folder.resolve("absent"), "t"))
        .hasMessage("'%s' does not exist", folder.resolve("absent"));
  }

  @Test
  void refusesJunkThatIsCalledADerivation() throws Exception {
    StoreException thrown =
        catchThrowableOfType(
            StoreException.class, () -> store.addText(HELLO, "junk.drv", Set.of()));

    assertThat(thrown.problem()).isInstanceOf(StoreProblem.BadDerivation.class);
    assertThat(objectNames()).isEmpty();
    assertThat(store.allValid()).isEmpty();
  }

  @Test
  void knowsTheOutputsOfADerivation() throws Exception {
    Derivation derivation = derivation();

    StorePath path = store.addDerivation(derivation);

    assertThat(path).isEqualTo(derivation.storePath());
    assertThat(store.derivationOutputs(path)).isEqualTo(derivation.outputPaths());
    assertThat(store.validDerivers(derivation.outputPath("out").orElseThrow()))
        .containsExactly(path);
    assertThat(store.readDerivation(path)).isEqualTo(derivation);
  }

  @Test
  void registersABuiltOutput() throws Exception {
    Derivation derivation = derivation();
    StorePath drv = store.addDerivation(derivation);
    StorePath output = derivation.outputPath("out").orElseThrow();
    try (PathLocks _ = store.lock(List.of(output));
        BuildDirectory build = store.newBuildDirectory("demo")) {
      Path built = Files.createDirectory(build.path().resolve("out"));
      Files.writeString(built.resolve("self"), output.toString());

      store.adopt(built, output);
      assertThat(store.isValid(output)).isFalse();
      store.registerOutputs(
          List.of(
              PathInfo.of(
                  output,
                  Nar.hash(store.physical(output)),
                  List.of(output),
                  PathInfo.Origin.builtBy(drv, NOW))));
    }

    assertThat(store.deriver(output)).contains(drv);
    assertThat(store.references(output)).containsExactly(output);
    assertThat(store.find(output).orElseThrow().ultimate()).isTrue();
    assertThat(store.verify(true)).isEmpty();
    assertThat(root.resolve("nix/var/nix/builds")).isEmptyDirectory();
    assertThat(objectNames()).containsExactlyInAnyOrder(drv.baseName(), output.baseName());
  }

  @Test
  void registersAllOrNothing() throws Exception {
    StorePath first = StorePath.ofBaseName("1b9p07z77phvv2hf6gm9f28syp39f1ag-first");
    StorePath second = StorePath.ofBaseName("2b9p07z77phvv2hf6gm9f28syp39f1ag-second");
    StorePath absent = StorePath.ofBaseName("3b9p07z77phvv2hf6gm9f28syp39f1ag-absent");

    assertThatThrownBy(
            () -> store.registerOutputs(List.of(info(first, second), info(second, absent))))
        .isInstanceOf(StoreException.class);

    assertThat(store.allValid()).isEmpty();
    assertThat(store.addText(HELLO, "after", Set.of())).isNotNull();
  }

  @Test
  void refusesReferencesInACircle() throws Exception {
    StorePath first = StorePath.ofBaseName("1b9p07z77phvv2hf6gm9f28syp39f1ag-first");
    StorePath second = StorePath.ofBaseName("2b9p07z77phvv2hf6gm9f28syp39f1ag-second");

    StoreException thrown =
        catchThrowableOfType(
            StoreException.class,
            () -> store.registerOutputs(List.of(info(first, second), info(second, first))));

    assertThat(thrown.problem())
        .isEqualTo(new StoreProblem.ReferenceCycle(List.of(first, second, first)));
    assertThat(store.allValid()).isEmpty();
  }

  @Test
  void refusesAContentAddressThatGivesAnotherPath() throws Exception {
    StorePath path = StorePath.ofBaseName("1b9p07z77phvv2hf6gm9f28syp39f1ag-first");
    ContentAddress address = new ContentAddress.Text(Hash.of(HashAlgorithm.SHA256, HELLO));
    PathInfo claim = PathInfo.of(path, nar(), List.of(), PathInfo.Origin.addressed(address, NOW));

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> store.registerOutputs(List.of(claim)));

    assertThat(thrown.problem()).isEqualTo(new StoreProblem.WrongAddress(path, address));
  }

  @Test
  void findsDamage() throws Exception {
    StorePath gone = store.addText(HELLO, "gone", Set.of());
    StorePath changed = store.addText(HELLO, "changed", Set.of(gone));
    Deletion.delete(store.physical(gone));
    Path file = store.physical(changed);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(file, "hullo\n");

    assertThat(store.verify(false)).containsExactly(new StoreDamage.Disappeared(gone, true));
    assertThat(store.verify(true))
        .containsExactlyInAnyOrder(
            new StoreDamage.Disappeared(gone, true),
            new StoreDamage.Modified(
                changed, store.find(changed).orElseThrow().nar(), Nar.hash(file)));
  }

  @Test
  void saysThatTheDatabaseIsDamaged() throws Exception {
    StorePath path = store.addText(HELLO, "t", Set.of());
    store.close();
    for (String name : List.of("db.sqlite", "db.sqlite-wal", "db.sqlite-shm")) {
      Files.deleteIfExists(root.resolve("nix/var/nix/db").resolve(name));
    }
    Files.writeString(root.resolve("nix/var/nix/db/db.sqlite"), "no database ".repeat(1000));
    open();

    StoreException thrown = catchThrowableOfType(StoreException.class, () -> store.isValid(path));

    assertThat(thrown.problem()).isInstanceOf(StoreProblem.DamagedDatabase.class);
    assertThat(thrown.getMessage()).doesNotContain("\n");
  }

  @Test
  void theFolderMayBeCalledAnything() throws Exception {
    Path odd = root.resolve("a? b%20#'c");

    try (LocalStore other = LocalStore.open(odd)) {
      StorePath path = other.addTree(tree(), "t");
      assertThat(other.verify(true)).isEmpty();
      assertThat(other.physical(path).resolve("sub/data")).hasContent("data");
    }
    assertThat(odd.resolve("nix/var/nix/db/db.sqlite")).isNotEmptyFile();
  }

  @Test
  void saysThatTheDatabaseIsGone() throws Exception {
    StorePath path = store.addText(HELLO, "t", Set.of());
    store.close();
    Files.delete(root.resolve("nix/var/nix/db/db.sqlite"));
    open();

    StoreException thrown = catchThrowableOfType(StoreException.class, () -> store.isValid(path));

    assertThat(thrown.problem()).isInstanceOf(StoreProblem.NoDatabase.class);
  }

  @Test
  void saysThatAFolderOfItIsGone() throws Exception {
    store.addText(HELLO, "t", Set.of());
    store.close();
    Deletion.delete(root.resolve("nix/store"));

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> LocalStore.open(root).close());

    assertThat(thrown.problem()).isEqualTo(new StoreProblem.NoFolder(root.resolve("nix/store")));
  }

  @Test
  void refusesASchemaItDoesNotKnow() throws Exception {
    assertThat(store.allValid()).isEmpty();
    Path schema = root.resolve("nix/var/nix/db/schema");
    Files.writeString(schema, "11");

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> LocalStore.open(root).close());

    assertThat(thrown.problem())
        .isEqualTo(new StoreProblem.UnknownSchema(schema.toRealPath(), "11"));
  }

  @Test
  void refusesAFileWhereTheFolderShouldBe() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> LocalStore.open(file).close());

    assertThat(thrown.problem()).isInstanceOf(StoreProblem.NotAFolder.class);
  }

  @Test
  void refusesTheStoreOfSomeoneElse() throws Exception {
    assumeTrue(SystemCalls.user() == 0, "only root can give a folder away");
    assertThat(store.allValid()).isEmpty();
    Files.setAttribute(root.resolve("nix/store"), "unix:uid", 12345);

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> LocalStore.open(root).close());

    assertThat(thrown.problem()).isInstanceOf(StoreProblem.NotOwned.class);
    assertThat(thrown.getMessage()).contains("12345");
  }

  @Test
  void manyThreadsAddTheSameAndOthers() throws Exception {
    tree();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<StorePath>> additions = new ArrayList<>();
      for (int number = 0; number < 40; number++) {
        String name = "t" + number % 5;
        additions.add(() -> store.addTree(folder.resolve("tree"), name));
      }
      for (Future<StorePath> added : threads.invokeAll(additions)) {
        assertThat(store.isValid(added.get())).isTrue();
      }
    }
    assertThat(store.allValid()).hasSize(5);
    assertThat(objectNames()).hasSize(5);
    assertThat(store.verify(true)).isEmpty();
  }

  @Test
  void aLockExcludesOtherThreads() throws Exception {
    StorePath path = StorePath.ofBaseName("1b9p07z77phvv2hf6gm9f28syp39f1ag-first");
    List<String> order = java.util.Collections.synchronizedList(new ArrayList<>());
    Thread other;
    try (PathLocks _ = store.lock(List.of(path))) {
      other =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (PathLocks _ = store.lock(List.of(path))) {
                      order.add("other");
                    } catch (IOException e) {
                      order.add(e.toString());
                    }
                  });
      while (other.getState() != Thread.State.TIMED_WAITING) { // it asks again after a pause
        Thread.onSpinWait();
      }
      order.add("first");
    }
    other.join();

    assertThat(order).containsExactly("first", "other");
    assertThat(objectNames()).isEmpty();
  }

  @Test
  void aBuildFolderGetsANameThatIsFree() throws Exception {
    Path builds = root.resolve("nix/var/nix/builds");
    String name = "x-" + ProcessHandle.current().pid();
    Files.createDirectories(builds.resolve(name + "-0"));
    try (BuildDirectory first = store.newBuildDirectory("x");
        BuildDirectory second = store.newBuildDirectory("x")) {
      assertThat(first.path()).isEqualTo(builds.toRealPath().resolve(name + "-1"));
      assertThat(second.path()).isEqualTo(builds.toRealPath().resolve(name + "-2"));
    }
    assertThat(builds.resolve(name + "-0")).isEmptyDirectory();
    assertThat(builds.resolve(name + "-0.lock")).doesNotExist();
  }

  @Test
  void sweepsBuildFoldersOfTheDeadOnly() throws Exception {
    Path builds = root.resolve("nix/var/nix/builds");
    Path dead = Files.createDirectories(builds.resolve("dead-1-0/sub"));
    Files.writeString(builds.resolve("dead-1-0.lock"), "");
    Files.writeString(dead.resolve("file"), "");
    Files.setPosixFilePermissions(dead, PosixFilePermissions.fromString("r-x------"));
    try (BuildDirectory alive = store.newBuildDirectory("alive")) {
      assertThat(store.sweepAbandonedBuilds()).isEqualTo(1);
      assertThat(alive.path()).isDirectory();
      assertThat(permissions(alive.path())).isEqualTo("rwx------");
      assertThat(builds.resolve("dead-1-0")).doesNotExist();
    }
    assertThat(builds).isEmptyDirectory();
  }

  @Test
  void aLeftoverThatCannotBeDeletedIsSaidOnceAndStopsNobody() throws Exception {
    Path builds = root.resolve("nix/var/nix/builds");
    String unlockable = "x".repeat(255); // the name of its lock would be too long
    Files.createDirectories(builds.resolve(unlockable));
    Files.createDirectories(builds.resolve("dead-1-0"));
    List<String> told = new ArrayList<>();

    assertThat(store.sweepAbandonedBuilds()).isEqualTo(1);
    assertThat(store.sweepAbandonedBuilds(told::add)).isZero();
    assertThat(store.sweepAbandonedBuilds(told::add)).isZero();
    StorePath added = store.addText(HELLO, "hello", Set.of());

    assertThat(told).singleElement().asString().contains(unlockable, "delete it");
    assertThat(builds.resolve("dead-1-0")).doesNotExist();
    assertThat(store.isValid(added)).isTrue();
  }

  @Test
  void keepsLogs() throws Exception {
    StorePath drv = StorePath.ofBaseName("1b9p07z77phvv2hf6gm9f28syp39f1ag-x.drv");
    assertThat(store.logs().reader(drv)).isEmpty();
    try (OutputStream log = store.logs().writer(drv)) {
      log.write(HELLO);
    }

    assertThat(store.logPath(drv))
        .isEqualTo(
            store
                .root()
                .resolve("nix/var/log/nix/drvs/1b/9p07z77phvv2hf6gm9f28syp39f1ag-x.drv.bz2"))
        .isRegularFile();
    try (InputStream log = store.logs().reader(drv).orElseThrow()) {
      assertThat(log.readAllBytes()).isEqualTo(HELLO);
    }
  }

  @Test
  void writesTemporaryRootsWhereCollectorsLook() throws Exception {
    StorePath path = store.addText(HELLO, "t", Set.of());
    Path roots = root.resolve("nix/var/nix/temproots/" + ProcessHandle.current().pid());

    assertThat(Files.readString(roots)).isEqualTo(path + "\0");
    store.close();
    assertThat(roots).doesNotExist();
  }

  private StorePath addedByAnother(Path tree) {
    try (LocalStore other = LocalStore.open(root)) {
      return other.addTree(tree, "t");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static PathInfo info(StorePath path, StorePath reference) {
    return PathInfo.of(
        path,
        nar(),
        List.of(reference),
        new PathInfo.Origin(
            java.util.Optional.empty(), NOW, true, List.of(), java.util.Optional.empty()));
  }

  private static NarHash nar() {
    return new NarHash(Hash.of(HashAlgorithm.SHA256, new byte[0]), 1);
  }

  private Derivation derivation() throws Exception {
    return Derivation.named("demo")
        .system("x86_64-linux")
        .builder("/bin/sh")
        .output("out")
        .build(new DerivationHasher(store.derivations()));
  }

  private Path tree() throws Exception {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.writeString(tree.resolve("run"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        tree.resolve("run"), PosixFilePermissions.fromString("rwx------"));
    Files.createDirectory(tree.resolve("sub"));
    Files.writeString(tree.resolve("sub/data"), "data");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("sub/absent"));
    return tree;
  }

  private static String permissions(Path path) throws Exception {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private List<String> objectNames() throws Exception {
    try (var entries = Files.list(root.resolve("nix/store"))) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !name.equals(".links"))
          .toList();
    }
  }

  @Test
  void aTextThatIsThereIsNotWrittenAgain() throws Exception {
    StorePath first = store.addText(HELLO, "hello", Set.of());
    Object inode = Files.getAttribute(store.physical(first), "unix:ino");

    assertThat(store.addText(HELLO, "hello", Set.of())).isEqualTo(first);

    assertThat(Files.getAttribute(store.physical(first), "unix:ino")).isEqualTo(inode);
  }

  @Test
  void anOutputOnAnotherFileSystemIsCopiedAndGone() throws Exception {
    Path elsewhere = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(elsewhere)
            && !Files.getFileStore(elsewhere).equals(Files.getFileStore(folder)),
        "there is no second file system to write to");
    StorePath path = new StorePath("0".repeat(32), "moved");
    Path built = Files.createTempDirectory(elsewhere, "built");
    try {
      Files.write(built.resolve("file"), HELLO);
      Files.createSymbolicLink(built.resolve("link"), Path.of("file"));
      NarHash before = Nar.hash(built);

      store.adopt(built, path);

      assertThat(built).doesNotExist();
      assertThat(Nar.hash(store.physical(path))).isEqualTo(before);
      assertThat(Canonical.mode(store.physical(path).resolve("file")) & Mode.PERMISSIONS)
          .isEqualTo(Canonical.READABLE);
    } finally {
      Deletion.delete(built);
    }
  }

  @Test
  void anOutputThatIsNotThereIsNotAdopted() {
    StorePath path = new StorePath("0".repeat(32), "absent");
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> store.adopt(absent, path))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(absent.toString());
    assertThat(store.physical(path)).doesNotExist();
  }

  @Test
  void aStoreWhoseLockIsNoFileIsNotOpened() throws Exception {
    Path other = folder.resolve("other");
    LocalStore.open(other).close();
    Path lock = new StoreLayout(other).bigLock();
    Files.delete(lock);
    Files.createDirectory(lock);
    try {
      assertThatThrownBy(() -> LocalStore.open(other).close())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(lock.toString());
    } finally {
      Deletion.delete(other);
    }
  }
}
