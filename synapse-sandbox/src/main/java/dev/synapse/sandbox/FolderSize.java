package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many bytes lie in folders that somebody may be changing meanwhile.
final class FolderSize {
  private FolderSize() {}

  /// The lengths of all files below `roots`; a file with holes counts as if it had none. Stops
  /// counting above `enough`. What vanishes or can't be read while it counts is nothing.
  static long of(List<Path> roots, long enough) throws IOException {
    var sum = new long[1];
    FileVisitor<Path> adding =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            sum[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return sum[0] > enough ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException problem) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) {
            return FileVisitResult.CONTINUE;
          }
        };
    for (Path root : roots) {
      if (sum[0] <= enough) {
        Files.walkFileTree(root, adding);
      }
    }
    return sum[0];
  }
}
