package dev.synapse.store.local;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

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

  /// The same, counting what becomes free.
  static void delete(Path path, FreedBytes freed) throws IOException {
    walk(path, freed, true);
  }

  /// Counts what [#delete(Path, FreedBytes)] would free, of what is still there, and deletes
  /// nothing.
  static void measure(Path path, FreedBytes freed) throws IOException {
    try {
      walk(path, freed, false);
    } catch (NoSuchFileException _) {
      return; // somebody deletes it at the moment
    }
  }

  private static void walk(Path path, FreedBytes freed, boolean deleting) throws IOException {
    Map<String, Object> attributes;
    try {
      attributes =
          Files.readAttributes(path, "unix:mode,size,nlink,dev,ino", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException _) {
      return;
    }
    int mode = (int) number(attributes, "mode");
    if (!Canonical.isDirectory(mode)) {
      freed.count(
          number(attributes, "dev"),
          number(attributes, "ino"),
          number(attributes, "size"),
          (int) number(attributes, "nlink"));
    } else {
      if (deleting && (mode & OWNER_ALL) != OWNER_ALL) {
        SystemCalls.changeMode(path, OWNER_ALL);
      }
      for (Path child : Canonical.children(path)) {
        walk(child, freed, deleting);
      }
    }
    if (deleting) {
      Files.deleteIfExists(path);
    }
  }

  private static long number(Map<String, Object> attributes, String name) {
    return ((Number) requireNonNull(attributes.get(name))).longValue();
  }
}
