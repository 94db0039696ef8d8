package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The right to make several paths is had for all of them or for none.
final class PathLocksTest {
  @TempDir Path folder;

  /// Its lock has a longer name than a file may have.
  private final Path unlockable = Path.of("x".repeat(255));

  private Path object(String name) {
    return folder.resolve(name);
  }

  private List<Path> both() {
    return List.of(object("b"), object("a"));
  }

  @Test
  void whoHasOneOfThemKeepsOthersFromAll() throws Exception {
    try (PathLocks _ = PathLocks.take(List.of(object("b")), () -> {})) {
      assertThat(PathLocks.tryTake(both())).isEmpty();
      assertThat(folder.resolve("a.lock")).as("taken first and given back").doesNotExist();
      try (PathLocks _ = PathLocks.tryTake(List.of(object("a"))).orElseThrow()) {
        assertThat(folder.resolve("a.lock")).exists();
      }
      assertThat(folder.resolve("a.lock")).doesNotExist();
    }
    try (PathLocks _ = PathLocks.tryTake(both()).orElseThrow()) {
      assertThat(PathLocks.tryTake(List.of(object("a")))).isEmpty();
      assertThat(PathLocks.tryTake(List.of(object("b")))).isEmpty();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatCannotBeLockedLeavesNoLockBehind() {
    List<Path> objects = List.of(object("a"), folder.resolve(unlockable));

    assertThatThrownBy(() -> PathLocks.take(objects, () -> {}).close())
        .isInstanceOf(IOException.class);
    assertThat(folder).isEmptyDirectory();
    assertThatThrownBy(() -> PathLocks.tryTake(objects)).isInstanceOf(IOException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aStoreGivesTheRightToMakePathsWithoutWaiting() throws Exception {
    StorePath path = new StorePath("1".repeat(32), "made");
    Path root = folder.resolve("root");
    try (LocalStore one = LocalStore.open(root);
        LocalStore two = LocalStore.open(root)) {
      try (PathLocks _ = one.tryLock(List.of(path)).orElseThrow()) {
        assertThat(two.tryLock(List.of(path))).isEmpty();
      }
      try (PathLocks _ = two.tryLock(List.of(path)).orElseThrow()) {
        assertThat(Files.exists(Path.of(one.physical(path) + ".lock"))).isTrue();
      }
    } finally {
      Deletion.delete(root);
    }
  }
}
