package dev.synapse.cli;

import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
    Path root = storeFolder.resolve("nix/store");
    try {
      for (Path base : List.of(root, followed(root))) {
        for (Path candidate : List.of(given, followed(given))) {
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

  /// Without symbolic links, as far as it is there.
  private static Path followed(Path path) throws IOException {
    return Files.exists(path) ? path.toRealPath() : path;
  }

  /// The names that lead from the store path `found`, which `text` was found to name, to what
  /// `text` names inside of it.
  static List<Path> inside(String text, StorePath found, Path folder) throws CommandException {
    Path given = folder.resolve(text).normalize();
    List<Path> names = new ArrayList<>();
    given.forEach(names::add);
    for (int index = 0; index < names.size(); index++) {
      if (names.get(index).toString().equals(found.baseName())) {
        return names.subList(index + 1, names.size());
      }
    }
    // Through a link such as `result`: the first on the way that leads into the store path.
    Path at = given.getRoot();
    for (int index = 0; at != null && index < names.size(); index++) {
      at = at.resolve(names.get(index));
      if (Files.isSymbolicLink(at)) {
        List<Path> rest = names.subList(index + 1, names.size());
        try {
          Path target = Files.readSymbolicLink(at);
          Path whole = at.resolveSibling(target).normalize();
          if (whole.toString().contains(found.baseName())) {
            List<Path> all = new ArrayList<>(inside(whole.toString(), found, folder));
            all.addAll(rest);
            return all;
          }
        } catch (IOException e) {
          throw new CommandException(
              ExitCode.USAGE, "'%s' cannot be followed: %s".formatted(text, e.getMessage()));
        }
      }
    }
    throw CommandException.usage("'%s' cannot be followed into the store".formatted(text));
  }
}
