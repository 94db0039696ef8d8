package dev.synapse.store.nar;

import java.nio.file.Path;
import java.util.function.Predicate;

/// Which part of a tree counts. Paths are relative to the tree's root.
public interface TreeFilter {
  /// Whether the file or link is in. Directories are in if something inside them is.
  boolean includes(Path file);

  /// Whether anything inside the directory can be in. Saying no saves the time to look.
  boolean enters(Path directory);

  /// A filter that looks into all directories.
  static TreeFilter of(Predicate<Path> include) {
    return new TreeFilter() {
      @Override
      public boolean includes(Path file) {
        return include.test(file);
      }

      @Override
      public boolean enters(Path directory) {
        return true;
      }
    };
  }
}
