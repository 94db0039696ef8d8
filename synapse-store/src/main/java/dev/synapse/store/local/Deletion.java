package dev.synapse.store.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Deletes trees, also those whose directories are read-only. Never goes through a link.
final class Deletion {
  private static final int OWNER_ALL = 0700;

  private Deletion() {}

  /// Deletes what lies at `path`, if anything does, and says whether it did.
  static boolean delete(Path path) throws IOException {
    int mode;
    try {
      mode = Canonical.mode(path);
    } catch (NoSuchFileException _) {
      return false;
    }
    if (Canonical.isDirectory(mode)) {
      if ((mode & OWNER_ALL) != OWNER_ALL) {
        SystemCalls.changeMode(path, OWNER_ALL);
      }
      for (Path child : Canonical.children(path)) {
        delete(child);
      }
    }
    return Files.deleteIfExists(path);
  }
}
