package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many bytes lie in folders that somebody may be changing meanwhile.
///
/// Folders are opened relative to the ones they lie in, so that no path gets too long. Only so many
/// are open at a time: one that is [#LEVELS] deeper waits, and is opened anew from the root, one
/// stage of as many levels after the other.
final class FolderSize {
  /// The names of so many folders, each of at most 255 bytes, are a path that can be opened.
  private static final int LEVELS = 15;

  /// Deeper folders than this, which no program can name, are taken for too much: to find the way
  /// down again and again would take longer and longer.
  private static final int MOST_STAGES = 300;

  private final long enough;
  private final Deque<Stage> waiting = new ArrayDeque<>();
  private long sum;

  private FolderSize(long enough) {
    this.enough = enough;
  }

  /// A folder, by its path from the one [#LEVELS] above it, or for a root by its own.
  private record Stage(@Nullable Stage above, Path path, int number) {}

  /// The lengths of all files below `roots`; a file with holes counts as if it had none. Stops
  /// counting above `enough`. What vanishes or can't be read while it counts is nothing.
  static long of(List<Path> roots, long enough) {
    var size = new FolderSize(enough);
    for (Path root : roots) {
      size.waiting.push(new Stage(null, root, 1));
      while (size.sum <= enough && !size.waiting.isEmpty()) {
        size.count(size.waiting.pop());
      }
    }
    return size.sum;
  }

  private void count(Stage stage) {
    try (SecureDirectoryStream<Path> folder = open(stage)) {
      entries(folder, stage, Path.of(""), 1);
    } catch (IOException | DirectoryIteratorException _) {
      // gone, or not to be read
    }
  }

  private static SecureDirectoryStream<Path> open(Stage stage) throws IOException {
    Stage above = stage.above;
    if (above == null) {
      return secure(stage.path);
    }
    try (SecureDirectoryStream<Path> folder = open(above)) {
      return folder.newDirectoryStream(stage.path, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /// The streams of Linux are of this kind.
  @SuppressWarnings("StreamResourceLeak") // the caller closes it
  private static SecureDirectoryStream<Path> secure(Path folder) throws IOException {
    return (SecureDirectoryStream<Path>) Files.newDirectoryStream(folder);
  }

  private void entries(SecureDirectoryStream<Path> folder, Stage stage, Path below, int level) {
    for (Path entry : folder) {
      Path name = entry.getFileName();
      try {
        BasicFileAttributes attributes =
            folder
                .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (attributes.isRegularFile()) {
          sum += attributes.size();
        } else if (attributes.isDirectory() && level < LEVELS) {
          try (var inner = folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            entries(inner, stage, below.resolve(name), level + 1);
          }
        } else if (attributes.isDirectory()) {
          later(new Stage(stage, below.resolve(name), stage.number + 1));
        }
      } catch (IOException | DirectoryIteratorException _) {
        // gone, or not to be read
      }
      if (sum > enough) {
        return;
      }
    }
  }

  private void later(Stage stage) {
    if (stage.number > MOST_STAGES && enough < Long.MAX_VALUE) {
      sum = enough + 1;
    } else {
      waiting.push(stage);
    }
  }
}
