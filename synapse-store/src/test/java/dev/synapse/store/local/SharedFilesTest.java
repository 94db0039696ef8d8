package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.TreeFilter;
import dev.synapse.store.path.StorePath;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Equal files of trees are kept once; and what else happens to trees on their way into a store.
final class SharedFilesTest {
  @TempDir Path folder;
  private LocalStore store;

  @BeforeEach
  void open() throws Exception {
    store = LocalStore.open(folder.resolve("root"));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    Deletion.delete(folder.resolve("root"));
  }

  /// A folder with a program, a file of the same bytes, an empty one and a link.
  private Path tree(String name) throws Exception {
    Path below = Files.createDirectories(folder.resolve(name).resolve("below"));
    Files.writeString(below.resolve("program"), "the same");
    assertThat(below.resolve("program").toFile().setExecutable(true)).isTrue();
    Files.writeString(below.resolve("data"), "the same");
    Files.createFile(below.resolve("empty"));
    Files.createSymbolicLink(below.resolve("link"), Path.of("data"));
    return folder.resolve(name);
  }

  private static Object inode(Path file) throws Exception {
    return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void equalFilesOfTreesShareTheirSpaceAndStayWhatTheyAre() throws Exception {
    StorePath one = store.addTree(tree("one"), "one");
    StorePath two = store.addTree(tree("two"), "two");

    StoreOptimiser.Saved saved = store.optimiser().all();

    assertThat(saved).isEqualTo(new StoreOptimiser.Saved(4, 8 + 8 + 0 + 4));
    Path first = store.physical(one).resolve("below");
    Path second = store.physical(two).resolve("below");
    for (String name : new String[] {"program", "data", "empty", "link"}) {
      assertThat(inode(first.resolve(name))).as(name).isEqualTo(inode(second.resolve(name)));
    }
    assertThat(inode(first.resolve("program")))
        .as("executable or not is a difference")
        .isNotEqualTo(inode(first.resolve("data")));
    assertThat(Canonical.mode(second) & 07777).as("sealed again").isEqualTo(0555);
    assertThat(Files.getLastModifiedTime(second).toMillis()).isEqualTo(1000);
    assertThat(store.verify(true)).isEmpty();
    assertThat(store.optimiser().all()).isEqualTo(new StoreOptimiser.Saved(0, 0));
  }

  @Test
  void aSharedContentOfAnotherSizeIsReplaced() throws Exception {
    StorePath one = store.addText(new byte[] {1, 2}, "one", Set.of());
    Path links = store.objects().resolve(".links");
    Path link = links.resolve(Nar.hash(store.physical(one)).hash().toNix32());
    Files.writeString(link, "somebody wrote this");

    assertThat(store.verify(true)).containsExactly(modified(link));
    assertThat(store.optimiser().all()).isEqualTo(new StoreOptimiser.Saved(0, 0));
    assertThat(store.verify(true)).isEmpty();
    assertThat(inode(link)).isEqualTo(inode(store.physical(one)));
  }

  private static StoreDamage modified(Path link) {
    return new StoreDamage.ModifiedLink(String.valueOf(link.getFileName()));
  }

  @Test
  void whatSomebodyMadeWritableIsNotShared() throws Exception {
    StorePath one = store.addText(new byte[] {1, 2}, "one", Set.of());
    StorePath two = store.addText(new byte[] {1, 2}, "two", Set.of());
    SystemCalls.changeMode(store.physical(one), 0644);

    assertThat(store.optimiser().all()).isEqualTo(new StoreOptimiser.Saved(0, 0));
    assertThat(inode(store.physical(one))).isNotEqualTo(inode(store.physical(two)));
  }

  @Test
  void sharingEndsWhenItIsInterrupted() throws Exception {
    StorePath one = store.addText(new byte[] {1, 2}, "one", Set.of());
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> store.optimiser().all()).isInstanceOf(InterruptedIOException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(store.isValid(one)).isTrue();
    assertThat(store.root().resolve("nix/var/nix/builds")).isEmptyDirectory();
  }

  @Test
  void aKeptBuildFolderIsNotSweptAndTakesThePlaceOfTheOneBefore() throws Exception {
    Path kept;
    try (BuildDirectory build = store.newBuildDirectory("kept")) {
      Files.writeString(build.path().resolve("log"), "first");
      kept = build.keep();
      Files.createDirectory(build.path());
      Files.writeString(build.path().resolve("log"), "second");
      assertThat(build.keep()).isEqualTo(kept);
    }
    assertThat(store.sweepAbandonedBuilds()).isZero();
    assertThat(kept.resolve("log")).hasContent("second");
    assertThat(kept.getParent()).isEqualTo(store.root().resolve("nix/var/nix/kept-builds"));
  }

  @Test
  void withoutAFolderOfBuildsThereIsNothingToSweep() throws Exception {
    Deletion.delete(store.root().resolve("nix/var/nix/builds"));
    assertThat(store.sweepAbandonedBuilds()).isZero();
  }

  @Test
  void addingWhatIsThereGivesItsPathWithoutASecondCopy() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "contents");
    Hash hash = Hash.of(HashAlgorithm.SHA256, Files.readAllBytes(file));
    StorePath path = store.addFile(file, "file", hash);
    Object before = inode(store.physical(path));

    Files.writeString(file, "others");
    assertThat(store.addFile(file, "file", hash)).as("by the hash alone").isEqualTo(path);
    assertThat(inode(store.physical(path))).isEqualTo(before);
    assertThat(store.physical(path)).hasContent("contents");
  }

  @Test
  void whatIsNoFileHasNoHashOfAFile() throws Exception {
    Path tree = tree("tree");
    Hash hash = Hash.of(HashAlgorithm.SHA256, new byte[0]);
    for (StoreException thrown :
        new StoreException[] {
          catchThrowableOfType(StoreException.class, () -> store.addFile(tree, "tree", hash)),
          catchThrowableOfType(
              StoreException.class, () -> store.addFixed(tree, "tree", false, HashAlgorithm.SHA256))
        }) {
      assertThat(thrown.problem()).isEqualTo(new StoreProblem.NotAFile(tree));
    }
    assertThat(store.allValid()).isEmpty();
  }

  @Test
  void aFilteredTreeIsThePathOfWhatIsLeftOfIt() throws Exception {
    Path tree = tree("tree");
    TreeFilter filter = TreeFilter.of(path -> !path.endsWith("data"));
    StorePath filtered = store.addTree(tree, filter, "tree");

    assertThat(store.physical(filtered).resolve("below/data")).doesNotExist();
    Files.delete(tree.resolve("below/data"));
    assertThat(store.addTree(tree, "tree")).isEqualTo(filtered);
    assertThat(store.addTree(tree, filter, "tree")).as("known by its name").isEqualTo(filtered);
  }

  @Test
  void whatIsValidIsNotAdoptedAgain() throws Exception {
    StorePath path = store.addText(new byte[] {1}, "text", Set.of());
    Path other = Files.writeString(folder.resolve("other"), "other");

    assertThatThrownBy(() -> store.adopt(other, path))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(path.toString());
    assertThat(store.verify(true)).isEmpty();
    assertThat(other).hasContent("other");
  }

  @Test
  void aFileInThePlaceOfAFolderOfTheStoreIsNamed() throws Exception {
    Path links = Files.createDirectories(folder.resolve("a/nix/store")).resolve(".links");
    Files.createFile(links);
    Files.createFile(Files.createDirectories(folder.resolve("b/nix")).resolve("var"));

    assertThat(
            catchThrowableOfType(
                    StoreException.class, () -> LocalStore.open(folder.resolve("a")).close())
                .problem())
        .isEqualTo(new StoreProblem.NotAFolder(links));
    assertThatThrownBy(() -> LocalStore.open(folder.resolve("b")).close())
        .hasMessageContaining(folder.resolve("b/nix/var").toString());
  }
}
