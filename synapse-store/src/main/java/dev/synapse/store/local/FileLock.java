package dev.synapse.store.local;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// A lock as Nix takes it: `flock` on an empty file, which excludes other processes and, as each
/// lock opens the file anew, other threads too. The kernel gives it back when the process dies.
///
/// Waiting is asking again and again: a thread that blocks inside `flock` could not be interrupted,
/// and a virtual one would keep its carrier.
final class FileLock implements AutoCloseable {
  private static final byte DELETED = 'd';
  private static final long LONGEST_PAUSE = 50;
  private static final long MOMENT = 300;

  private final Path file;
  private final int descriptor;
  private boolean open = true;

  private FileLock(Path file, int descriptor) {
    this.file = file;
    this.descriptor = descriptor;
  }

  /// Waits until nobody else has the lock. The file is created if it does not exist.
  static FileLock exclusive(Path file) throws IOException {
    return exclusive(file, () -> {});
  }

  /// The same.
  ///
  /// @param waits is run once, when it has lasted longer than a moment
  static FileLock exclusive(Path file, Runnable waits) throws IOException {
    return wait(file, true, waits);
  }

  /// Waits until nobody has the lock for themselves alone.
  static FileLock shared(Path file) throws IOException {
    return wait(file, false, () -> {});
  }

  /// The lock for ourselves alone, unless someone has it.
  static Optional<FileLock> tryExclusive(Path file) throws IOException {
    return attempt(file, true, true);
  }

  /// The same; fails with [NoSuchFileException] if there is no file and none is to be created.
  static Optional<FileLock> tryExclusive(Path file, boolean create) throws IOException {
    return attempt(file, true, create);
  }

  /// The lock, unless someone has it for themselves alone.
  static Optional<FileLock> tryShared(Path file) throws IOException {
    return attempt(file, false, true);
  }

  private static FileLock wait(Path file, boolean exclusive, Runnable waits) throws IOException {
    long pause = 1;
    long waited = 0;
    while (true) {
      Optional<FileLock> lock = attempt(file, exclusive, true);
      if (lock.isPresent()) {
        return lock.get();
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the lock '" + file + "'");
      }
      if (waited < MOMENT && waited + pause >= MOMENT) {
        waits.run();
      }
      waited += pause;
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }

  private static Optional<FileLock> attempt(Path file, boolean exclusive, boolean create)
      throws IOException {
    while (true) {
      int descriptor = create ? SystemCalls.open(file, true) : SystemCalls.openForWriting(file);
      boolean locked = false;
      try {
        if (!SystemCalls.tryLock(descriptor, exclusive, file)) {
          return Optional.empty();
        }
        // Its last owner deletes the file and leaves a mark in it: what we hold is no longer there.
        locked = SystemCalls.size(descriptor, file) == 0;
        if (locked) {
          return Optional.of(new FileLock(file, descriptor));
        }
        deleteLeftover(file, descriptor);
      } finally {
        if (!locked) {
          SystemCalls.close(descriptor);
        }
      }
    }
  }

  /// Deletes the file if it is still the one that is open as `descriptor`, which we alone hold.
  static void deleteLeftover(Path file, int descriptor) throws IOException {
    try {
      if (Files.isSameFile(file, Path.of("/proc/self/fd/" + descriptor))) {
        Files.delete(file);
      }
    } catch (NoSuchFileException _) {
      // its last owner has deleted it
    }
  }

  /// Writes text into the locked file, after what is in it.
  void append(byte[] text) throws IOException {
    SystemCalls.write(descriptor, text, file);
  }

  /// Deletes the file and gives the lock back. Who waits for it sees by the mark that it is gone.
  void delete() throws IOException {
    try {
      Files.deleteIfExists(file);
      SystemCalls.write(descriptor, new byte[] {DELETED}, file);
    } finally {
      close();
    }
  }

  /// Gives the lock back and leaves the file.
  @Override
  public void close() {
    if (open) {
      open = false;
      SystemCalls.close(descriptor);
    }
  }
}
