package dev.synapse.store.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// A scratch folder, on the file system of the store, that is deleted when its owner closes it or,
/// if its owner dies, by the next sweep. The owner holds the lock `NAME.lock` beside it.
public final class BuildDirectory implements AutoCloseable {
  private static final String LOCK_SUFFIX = ".lock";

  private final Path path;
  private final FileLock lock;
  private boolean open = true;

  private BuildDirectory(Path path, FileLock lock) {
    this.path = path;
    this.lock = lock;
  }

  static BuildDirectory create(Path parent, String name) throws IOException {
    Files.createDirectories(parent);
    long process = ProcessHandle.current().pid();
    for (int number = 0; ; number++) {
      Optional<BuildDirectory> created =
          tryCreate(parent.resolve("%s-%d-%d".formatted(name, process, number)));
      if (created.isPresent()) {
        return created.get();
      }
    }
  }

  private static Optional<BuildDirectory> tryCreate(Path path) throws IOException {
    Optional<FileLock> lock = FileLock.tryExclusive(lockOf(path));
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    try {
      Files.createDirectory(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException _) {
      lock.get().delete();
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      lock.get().delete();
      throw e;
    }
    return Optional.of(new BuildDirectory(path, lock.get()));
  }

  private static Path lockOf(Path path) {
    return path.resolveSibling(path.getFileName() + LOCK_SUFFIX);
  }

  /// Hears of a folder that cannot be deleted, and why.
  interface Leftover {
    void remains(Path folder, IOException problem);
  }

  /// Deletes the folders in `parent` whose owner is dead, and says how many. One that cannot be
  /// deleted is no reason to end: `leftover` hears of it.
  static int sweep(Path parent, Leftover leftover) throws IOException {
    if (!Files.isDirectory(parent)) {
      return 0;
    }
    int swept = 0;
    for (Path each : Canonical.children(parent)) {
      String name = String.valueOf(each.getFileName());
      Path folder =
          name.endsWith(LOCK_SUFFIX)
              ? each.resolveSibling(name.substring(0, name.length() - LOCK_SUFFIX.length()))
              : each;
      try {
        swept += deleteIfAbandoned(folder) ? 1 : 0;
      } catch (IOException e) {
        leftover.remains(folder, e);
      }
    }
    return swept;
  }

  private static boolean deleteIfAbandoned(Path folder) throws IOException {
    Optional<FileLock> abandoned = FileLock.tryExclusive(lockOf(folder));
    if (abandoned.isEmpty()) {
      return false;
    }
    try {
      return Deletion.delete(folder);
    } finally {
      abandoned.get().delete();
    }
  }

  /// The folder, readable by nobody else.
  public Path path() {
    return path;
  }

  /// Leaves the folder where it is, for somebody to look into it, under a name that no sweep
  /// touches, and gives that.
  public Path keep() throws IOException {
    Path kept = path.resolveSibling("../kept-builds/" + path.getFileName()).normalize();
    Files.createDirectories(kept.getParent());
    Deletion.delete(kept);
    Files.move(path, kept);
    return kept;
  }

  /// Deletes the folder. What cannot be deleted is left to the next sweep, which tells of it: what
  /// was made in the folder may be good all the same.
  @Override
  public void close() throws IOException {
    if (open) {
      open = false;
      try {
        Deletion.delete(path);
      } catch (FileSystemException _) {
        // the next sweep tries again, and says so
      } finally {
        lock.delete();
      }
    }
  }
}
