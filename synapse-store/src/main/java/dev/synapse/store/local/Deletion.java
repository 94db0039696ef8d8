package dev.synapse.store.local;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.UUID;

/// Deletes trees, also those whose directories nobody may read or write. Never goes through a link,
/// even if someone puts one in the place of a directory meanwhile.
///
/// Every directory is opened without following links, and its entries are reached through its
/// descriptor, as `/proc/self/fd/NUMBER/NAME`: no path gets long, however deep the tree is. One
/// descriptor is open for each level; what lies deeper than [#LEVELS] is moved up to the top of the
/// tree and deleted from there.
public final class Deletion {
  private static final int LEVELS = 64;

  private final Folder top;
  private final FreedBytes freed;
  private boolean moved;

  private Deletion(Folder top, FreedBytes freed) {
    this.top = top;
    this.freed = freed;
  }

  /// Deletes what lies at `path`, if anything does, and says whether it did.
  ///
  /// @throws FileSystemException naming `path`, when a part of it cannot be deleted
  public static boolean delete(Path path) throws IOException {
    return delete(path, new FreedBytes());
  }

  /// The same, counting what becomes free.
  static boolean delete(Path path, FreedBytes freed) throws IOException {
    try {
      if (isDirectory(path, freed)) {
        try (Folder top = Folder.open(path)) {
          Deletion deletion = new Deletion(top, freed);
          do {
            deletion.moved = false;
            deletion.empty(top, 1);
          } while (deletion.moved);
        }
      }
      return Files.deleteIfExists(path);
    } catch (NoSuchFileException _) {
      return false;
    } catch (FileSystemException e) {
      String reason = e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
      FileSystemException named =
          new FileSystemException(path.toString(), null, "cannot be deleted: " + reason);
      named.initCause(e);
      throw named;
    }
  }

  /// Deletes all that is in the folder, or moves it up to the top.
  private void empty(Folder folder, int level) throws IOException {
    for (Path child : Canonical.children(folder.path())) {
      try {
        if (!isDirectory(child, freed)) {
          Files.deleteIfExists(child);
        } else if (level < LEVELS) {
          try (Folder below = Folder.open(child)) {
            empty(below, level + 1);
          }
          Files.deleteIfExists(child);
        } else {
          moveUp(child);
        }
      } catch (NoSuchFileException _) {
        // someone else has deleted it
      }
    }
  }

  /// Opens it for nothing but its mode: who may not write to a directory may not move it.
  private void moveUp(Path child) throws IOException {
    try (Folder _ = Folder.open(child)) {
      Path free = top.path().resolve(UUID.randomUUID().toString());
      Files.move(child, free, StandardCopyOption.ATOMIC_MOVE);
      moved = true;
    }
  }

  /// A directory that is open and that its owner may read and change.
  private record Folder(int descriptor, Path path) implements AutoCloseable {
    static Folder open(Path path) throws IOException {
      int descriptor = SystemCalls.openDirectory(path);
      boolean ready = false;
      try {
        Folder folder = new Folder(descriptor, Path.of("/proc/self/fd/" + descriptor));
        int mode = (int) Files.getAttribute(folder.path, "unix:mode");
        if ((mode & Mode.OWNER_ALL) != Mode.OWNER_ALL) {
          SystemCalls.changeMode(folder.path, Mode.OWNER_ALL);
        }
        ready = true;
        return folder;
      } finally {
        if (!ready) {
          SystemCalls.close(descriptor);
        }
      }
    }

    @Override
    public void close() {
      SystemCalls.close(descriptor);
    }
  }

  /// Counts what [#delete(Path, FreedBytes)] would free, of what is still there, and deletes
  /// nothing.
  static void measure(Path path, FreedBytes freed) throws IOException {
    try {
      if (isDirectory(path, freed)) {
        for (Path child : Canonical.children(path)) {
          measure(child, freed);
        }
      }
    } catch (NoSuchFileException _) {
      // someone else has deleted it
    }
  }

  /// Counts what is not a directory.
  private static boolean isDirectory(Path path, FreedBytes freed) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(path, "unix:mode,size,nlink,dev,ino", LinkOption.NOFOLLOW_LINKS);
    if (Canonical.isDirectory((int) number(attributes, "mode"))) {
      return true;
    }
    freed.count(
        number(attributes, "dev"),
        number(attributes, "ino"),
        number(attributes, "size"),
        (int) number(attributes, "nlink"));
    return false;
  }

  private static long number(Map<String, Object> attributes, String name) {
    return ((Number) requireNonNull(attributes.get(name))).longValue();
  }
}
