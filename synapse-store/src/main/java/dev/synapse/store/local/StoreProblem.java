package dev.synapse.store.local;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/// What can be wrong with a store, or with what someone wants to put into it.
public sealed interface StoreProblem {
  /// What helps when the database is lost.
  String ANEW =
      "put a copy of it back, or make it anew from the files with 'synapse store rebuild-db'";

  /// One line for people.
  String message();

  /// The folder belongs to another user.
  record NotOwned(Path folder, String owner) implements StoreProblem {
    @Override
    public String message() {
      return "store folder '%s' belongs to %s: choose another with --store"
          .formatted(folder, owner);
    }
  }

  /// This user may not write there.
  record NotWritable(Path folder) implements StoreProblem {
    @Override
    public String message() {
      return "store folder '%s' is not writable: choose another with --store".formatted(folder);
    }
  }

  /// A store that was there is there only in part.
  record NoFolder(Path folder) implements StoreProblem {
    @Override
    public String message() {
      return "store folder '%s' is missing: put it back, or choose another store with --store"
          .formatted(folder);
    }
  }

  /// Where a folder should be is something else.
  record NotAFolder(Path path) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is not a folder, so it cannot hold a store".formatted(path);
    }
  }

  /// The database is written by another generation of Nix than this program knows.
  record UnknownSchema(Path file, String found) implements StoreProblem {
    @Override
    public String message() {
      return "store database has schema '%s' in '%s', only 10 is known".formatted(found, file);
    }
  }

  /// The store says it has a database, and it is not there.
  record NoDatabase(Path file) implements StoreProblem {
    @Override
    public String message() {
      return "store database '%s' is missing: %s".formatted(file, ANEW);
    }
  }

  /// The database cannot be read, or holds what no store path can be.
  record DamagedDatabase(Path file, String reason) implements StoreProblem {
    @Override
    public String message() {
      return "store database '%s' is damaged (%s): %s".formatted(file, reason, ANEW);
    }
  }

  /// Somebody else kept the database for longer than the time limit.
  record BusyDatabase(Path file) implements StoreProblem {
    @Override
    public String message() {
      return "store database '%s' is in use by another process, which does not finish"
          .formatted(file);
    }
  }

  /// No space is left.
  record DiskFull(Path place) implements StoreProblem {
    @Override
    public String message() {
      return "no space is left for '%s'".formatted(place);
    }
  }

  /// No store path can be called that.
  record BadName(String name) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' cannot be the name of a store path: use 1 to 211 letters, digits or +-._?="
          .formatted(name);
    }
  }

  /// What should be added does not exist.
  record NoSource(Path source) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' does not exist".formatted(source);
    }
  }

  /// What should be a plain file is something else.
  record NotAFile(Path source) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is not a regular file".formatted(source);
    }
  }

  /// A file has other contents than it should.
  record WrongHash(String name, Hash expected, Hash actual) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' has hash %s, not %s".formatted(name, actual, expected);
    }
  }

  /// A device, a pipe or a socket: the store keeps files, directories and links.
  record UnsupportedType(Path file) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is neither a file, a directory nor a symbolic link".formatted(file);
    }
  }

  /// An output that the group or everyone may write to.
  record WritableByOthers(Path file) implements StoreProblem {
    @Override
    public String message() {
      return "output '%s' is writable by its group or everyone".formatted(file);
    }
  }

  /// A file in an output that belongs to someone else.
  record ForeignFile(Path file, long owner) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' belongs to the user with number %d".formatted(file, owner);
    }
  }

  /// Not in the store, or only half.
  record NotValid(StorePath path) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is not valid".formatted(path);
    }
  }

  /// Something that should become valid refers to something that is not.
  record InvalidReference(StorePath referrer, StorePath reference) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' refers to '%s', which is not valid".formatted(referrer, reference);
    }
  }

  /// Several paths refer to each other in a circle.
  record ReferenceCycle(List<StorePath> paths) implements StoreProblem {
    /// Copies the list.
    public ReferenceCycle {
      paths = List.copyOf(paths);
    }

    @Override
    public String message() {
      return "references go in a circle: %s"
          .formatted(paths.stream().map(StorePath::baseName).collect(Collectors.joining(" -> ")));
    }
  }

  /// A path that is called `.drv` and is not a derivation with right output paths.
  record BadDerivation(StorePath path, String reason) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is not a sound derivation: %s".formatted(path, reason);
    }
  }

  /// A path says that it follows from its contents, and does not.
  record WrongAddress(StorePath path, ContentAddress address) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' does not follow from its content address '%s'".formatted(path, address);
    }
  }

  /// Where a result link should be is something that is no link into the store.
  record LinkTaken(Path link) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' exists and is not a link into the store: move it away".formatted(link);
    }
  }

  /// A result link may not be inside the store.
  record LinkInStore(Path link) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is inside the store, where no result link can be".formatted(link);
    }
  }

  /// A path that a root keeps.
  ///
  /// @param root the place of the root
  record StillAlive(StorePath path, String root) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is kept by the root '%s': remove that first".formatted(path, root);
    }
  }

  /// A path that another one needs, or was built by, which is not to be deleted with it.
  record StillReferred(StorePath path, StorePath by) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is needed by '%s': delete that with it".formatted(path, by);
    }
  }

  /// A path that somebody is making.
  record InUse(StorePath path) implements StoreProblem {
    @Override
    public String message() {
      return "'%s' is being made by another process".formatted(path);
    }
  }

  /// Somebody works with the store that should be nobody's for a moment.
  record StoreOpen(Path root) implements StoreProblem {
    @Override
    public String message() {
      return "store '%s' is open in another process: end that first".formatted(root);
    }
  }
}
