package dev.synapse.store.local;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Gives a tree the metadata that everything in a store has, so that only what an archive holds can
/// differ: modes 0444 or 0555 by the owner's x bit (directories too), no setuid, setgid or sticky
/// bits, no extended attributes, the time 1 second after the epoch, and the store's owner.
///
/// The order and the exceptions are Nix's. A tree that fails stays half changed; it is not in the
/// store yet.
public final class Canonical {
  private static final Set<Integer> STORED = Set.of(Mode.FILE, Mode.DIRECTORY, Mode.LINK);
  static final int READABLE = 0444;
  static final int EXECUTABLE = 0555;
  private static final long TIME = 1;

  /// Attributes that the system puts on files by itself.
  private static final Set<String> KEPT = Set.of("security.selinux", "system.nfs4_acl");

  private final int user = SystemCalls.user();

  private Canonical() {}

  /// Makes an output canonical. Refuses devices, pipes and sockets, and an output whose top the
  /// group or everyone may write to.
  public static void apply(Path output) throws IOException {
    int mode = mode(output);
    if ((mode & Mode.TYPE) != Mode.LINK && (mode & Mode.OTHERS_WRITE) != 0) {
      throw new StoreException(new StoreProblem.WritableByOthers(output));
    }
    applyToCopy(output);
  }

  /// The same for what we made ourselves, whatever the umask was.
  static void applyToCopy(Path copy) throws IOException {
    new Canonical().entry(copy);
  }

  /// Sets again what renaming a directory changed at its top.
  static void seal(Path top, int mode) throws IOException {
    if ((mode & Mode.TYPE) != Mode.LINK) {
      SystemCalls.changeMode(top, canonicalMode(mode));
    }
    SystemCalls.setModified(top, TIME);
  }

  /// The type and permissions of the entry, as `lstat` gives them.
  static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  static boolean isDirectory(int mode) {
    return (mode & Mode.TYPE) == Mode.DIRECTORY;
  }

  private void entry(Path path) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
    int mode = number(attributes, "mode");
    int type = mode & Mode.TYPE;
    if (!STORED.contains(type)) {
      throw new StoreException(new StoreProblem.UnsupportedType(path));
    }
    own(path, number(attributes, "uid"));
    removeExtendedAttributes(path);
    if (type != Mode.LINK && (mode & Mode.PERMISSIONS) != canonicalMode(mode)) {
      SystemCalls.changeMode(path, canonicalMode(mode));
    }
    if (type == Mode.DIRECTORY) {
      for (Path child : children(path)) {
        entry(child);
      }
    }
    SystemCalls.setModified(path, TIME);
  }

  private static void removeExtendedAttributes(Path path) throws IOException {
    for (String name : SystemCalls.extendedAttributes(path)) {
      if (!KEPT.contains(name)) {
        SystemCalls.removeExtendedAttribute(path, name);
      }
    }
  }

  private static int number(Map<String, Object> attributes, String name) {
    return (int) requireNonNull(attributes.get(name));
  }

  private void own(Path path, int owner) throws IOException {
    if (owner == user) {
      return;
    }
    if (user != 0) {
      throw new StoreException(new StoreProblem.ForeignFile(path, Integer.toUnsignedLong(owner)));
    }
    SystemCalls.changeOwner(path, user, SystemCalls.group());
  }

  private static int canonicalMode(int mode) {
    return (mode & Mode.OWNER_EXECUTES) != 0 ? EXECUTABLE : READABLE;
  }

  static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(children::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return children;
  }
}
