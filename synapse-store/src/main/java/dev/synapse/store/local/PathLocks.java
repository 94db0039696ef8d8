package dev.synapse.store.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// The right to make some store paths, which one holder at a time has: the files `PATH.lock`, as
/// Nix takes them. Always taken in sorted order, so that nobody waits in a circle.
public final class PathLocks implements AutoCloseable {
  private final List<FileLock> locks = new ArrayList<>();

  private PathLocks() {}

  static PathLocks take(Collection<Path> objects, Runnable waits) throws IOException {
    PathLocks taken = new PathLocks();
    try {
      for (Path object : new TreeSet<>(objects)) {
        taken.locks.add(
            FileLock.exclusive(object.resolveSibling(object.getFileName() + ".lock"), waits));
      }
    } catch (IOException | RuntimeException e) {
      taken.close();
      throw e;
    }
    return taken;
  }

  /// The right to make all of these, unless somebody else has that of one.
  static Optional<PathLocks> tryTake(Collection<Path> objects) throws IOException {
    PathLocks taken = new PathLocks();
    try {
      for (Path object : new TreeSet<>(objects)) {
        Optional<FileLock> lock =
            FileLock.tryExclusive(object.resolveSibling(object.getFileName() + ".lock"));
        if (lock.isEmpty()) {
          taken.close();
          return Optional.empty();
        }
        taken.locks.add(lock.get());
      }
      return Optional.of(taken);
    } catch (IOException | RuntimeException e) {
      taken.close();
      throw e;
    }
  }

  /// Gives the locks back and deletes their files.
  @Override
  public void close() {
    List<FileLock> held = List.copyOf(locks);
    locks.clear();
    IOException failed = null;
    for (FileLock lock : held) {
      try {
        lock.delete();
      } catch (IOException e) {
        failed = e;
      }
    }
    if (failed != null) {
      throw new UncheckedIOException(failed);
    }
  }
}
