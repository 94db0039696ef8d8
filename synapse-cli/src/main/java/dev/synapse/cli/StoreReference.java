package dev.synapse.cli;

import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Store paths as people write them.
final class StoreReference {
  private StoreReference() {}

  /// The store path that `text` names: `/nix/store/...`, the same below the store's own folder, a
  /// symbolic link such as `result`, or something within one of these.
  static StorePath parse(String text, Path folder, Path storeFolder)
      throws StorePathException, CommandException {
    String logical = StoreDirectory.NIX.directory() + "/";
    if (text.startsWith(logical)) {
      return StoreDirectory.NIX.parseInside(text);
    }
    Path given = folder.resolve(text).normalize();
    Path real = given;
    try {
      if (Files.exists(given)) {
        real = given.toRealPath();
      }
      Path root = storeFolder.resolve("nix/store");
      Path realRoot = Files.exists(root) ? root.toRealPath() : root;
      for (Path base : java.util.List.of(root, realRoot)) {
        for (Path candidate : java.util.List.of(given, real)) {
          if (candidate.startsWith(base) && !candidate.equals(base)) {
            return StorePath.ofBaseName(base.relativize(candidate).getName(0).toString());
          }
        }
      }
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.USAGE, "'%s' cannot be followed: %s".formatted(text, e.getMessage()));
    }
    throw CommandException.usage("'%s' is not in the store '%s'".formatted(text, storeFolder));
  }
}
