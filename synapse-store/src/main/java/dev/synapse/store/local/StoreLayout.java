package dev.synapse.store.local;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Where things lie below the root folder of a store; what Nix calls a chroot store.
record StoreLayout(Path root) {
  static final String SCHEMA = "10";

  Path objects() {
    return root.resolve("nix/store");
  }

  Path object(StorePath path) {
    return objects().resolve(path.baseName());
  }

  Path state() {
    return root.resolve("nix/var/nix");
  }

  /// One file for each content that several paths share, as Nix lays it out.
  Path links() {
    return objects().resolve(".links");
  }

  Path databaseFolder() {
    return state().resolve("db");
  }

  Path database() {
    return databaseFolder().resolve("db.sqlite");
  }

  Path schema() {
    return databaseFolder().resolve("schema");
  }

  Path bigLock() {
    return databaseFolder().resolve("big-lock");
  }

  Path roots() {
    return state().resolve("gcroots");
  }

  /// Held by who changes links in `roots()`. Not in there, where a collector looks at all files.
  Path rootsLock() {
    return state().resolve("synapse-roots.lock");
  }

  Path temporaryRoots() {
    return state().resolve("temproots");
  }

  Path collectorLock() {
    return state().resolve("gc.lock");
  }

  Path collectorSocket() {
    return state().resolve("gc-socket/socket");
  }

  /// Space that Nix holds in reserve for a collection on a full disk.
  Path reserve() {
    return databaseFolder().resolve("reserved");
  }

  Path builds() {
    return state().resolve("builds");
  }

  Path logs() {
    return root.resolve("nix/var/log/nix/drvs");
  }

  /// Creates the folders that are missing, and refuses those that are not ours.
  void prepare() throws IOException {
    try {
      for (Path existing : List.of(root, objects(), databaseFolder())) {
        refuseForeign(existing);
      }
      if (!Files.exists(schema())) {
        createFolders();
      }
    } catch (IOException e) {
      throw StoreException.naming(e, root);
    }
    for (Path folder : List.of(objects(), databaseFolder())) {
      if (!Files.exists(folder)) {
        throw new StoreException(new StoreProblem.NoFolder(folder));
      }
      if (!Files.isWritable(folder)) {
        throw new StoreException(new StoreProblem.NotWritable(folder));
      }
    }
  }

  private static void refuseForeign(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new StoreException(new StoreProblem.NotAFolder(folder));
    }
    int owner = (int) Files.getAttribute(folder, "unix:uid");
    if (owner != SystemCalls.user()) {
      throw new StoreException(new StoreProblem.NotOwned(folder, Files.getOwner(folder).getName()));
    }
  }

  private void createFolders() throws IOException {
    for (Path folder :
        List.of(
            links(),
            databaseFolder(),
            roots().resolve("auto"),
            state().resolve("profiles"),
            temporaryRoots(),
            builds())) {
      create(folder);
    }
    Path profiles = roots().resolve("profiles");
    if (!Files.exists(profiles, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Files.createSymbolicLink(profiles, Path.of("../profiles"));
      } catch (FileAlreadyExistsException _) {
        return; // another process opens the same new store
      }
    }
  }

  private static void create(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new StoreException(new StoreProblem.NotAFolder(Path.of(e.getFile())), e);
    } catch (java.nio.file.AccessDeniedException e) {
      throw new StoreException(new StoreProblem.NotWritable(Path.of(e.getFile())), e);
    } catch (FileSystemException e) {
      throw StoreException.naming(e, folder);
    }
  }

  /// Says which generation of database the store has: from then on it counts as one.
  void writeSchema() throws IOException {
    Path unfinished = Files.createTempFile(databaseFolder(), "schema", null);
    Files.writeString(unfinished, SCHEMA);
    SystemCalls.changeMode(unfinished, Mode.PUBLIC_FILE);
    Files.move(unfinished, schema(), StandardCopyOption.ATOMIC_MOVE);
  }

  /// Whether the store has a database already; refuses one of another generation.
  boolean hasDatabase() throws IOException {
    String found;
    try {
      found = Files.readString(schema()).strip();
    } catch (NoSuchFileException _) {
      return false;
    }
    if (!found.equals(SCHEMA)) {
      throw new StoreException(new StoreProblem.UnknownSchema(schema(), found));
    }
    return true;
  }
}
