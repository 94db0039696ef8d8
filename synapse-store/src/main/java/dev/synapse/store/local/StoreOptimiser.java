package dev.synapse.store.local;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// Keeps equal files of the store only once: each file and each symbolic link gets a second name in
/// `.links`, the nix32 of the SHA-256 of its own archive, and others with the same take that place
/// by a hard link. The same names as Nix gives, so that both can go on with each other's work.
///
/// Every replacement is one rename: at no moment is a file missing or half there. Metadata is part
/// of what all paths have in common, and the archive says whether a file is executable.
public final class StoreOptimiser {

  private final LocalStore store;
  private final StoreLayout layout;
  private final Set<Long> linked = new HashSet<>();
  private long files;
  private long bytes;

  StoreOptimiser(LocalStore store, StoreLayout layout) {
    this.store = store;
    this.layout = layout;
  }

  /// What was saved.
  ///
  /// @param files how many files and links were replaced
  /// @param bytes how many bytes they had
  public record Saved(long files, long bytes) {}

  /// Looks at all valid paths.
  public Saved all() throws IOException {
    Files.createDirectories(layout.links());
    for (Path link : Canonical.children(layout.links())) {
      inode(link).ifPresent(linked::add); // else it was deleted meanwhile
    }
    try (BuildDirectory scratch = store.newBuildDirectory("optimise")) {
      for (StorePath path : store.allValid()) {
        if (Thread.currentThread().isInterrupted()) {
          throw new InterruptedIOException("interrupted while sharing files");
        }
        store.addTemporaryRoot(path);
        if (store.isValid(path)) {
          entry(layout.object(path), scratch.path().resolve("link"));
        }
      }
    } catch (IOException e) {
      throw StoreException.naming(e, layout.root());
    }
    return new Saved(files, bytes);
  }

  private void entry(Path path, Path scratch) throws IOException {
    int mode = Canonical.mode(path);
    if (Canonical.isDirectory(mode)) {
      for (Path child : Canonical.children(path)) {
        entry(child, scratch);
      }
    } else if ((mode & Mode.TYPE) == Mode.LINK
        || ((mode & Mode.TYPE) == Mode.FILE && (mode & Mode.OWNER_WRITES) == 0)) {
      share(path, scratch); // what is writable is not as it was registered: leave it alone
    }
  }

  private void share(Path path, Path scratch) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(path, "unix:size,nlink,ino", LinkOption.NOFOLLOW_LINKS);
    long size = number(attributes, "size");
    long inode = number(attributes, "ino");
    if (number(attributes, "nlink") > 1 && linked.contains(inode)) {
      return;
    }
    Hash hash = Nar.hash(path).hash();
    Path link = layout.links().resolve(hash.toNix32());
    deleteIfWritten(link, size);
    if (isFirst(path, link)) {
      linked.add(inode);
      return;
    }
    OptionalLong shared = inode(link);
    if (shared.isEmpty() || shared.getAsLong() == inode) {
      return; // a collector deleted it meanwhile: next time; or it is shared already
    }
    if (Nar.hash(link).hash().equals(hash)) {
      replace(path, link, scratch);
      linked.add(shared.getAsLong());
      files++;
      bytes += size;
    }
  }

  /// Deletes what cannot have the content any more, for somebody wrote to the file.
  private static void deleteIfWritten(Path link, long size) throws IOException {
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && number(link, "size") != size) {
      Files.deleteIfExists(link);
    }
  }

  /// Gives the file its second name unless another one has that.
  private static boolean isFirst(Path path, Path link) throws IOException {
    try {
      Files.createLink(link, path);
      return true;
    } catch (FileAlreadyExistsException _) {
      return false;
    }
  }

  private static OptionalLong inode(Path link) throws IOException {
    try {
      return OptionalLong.of(number(link, "ino"));
    } catch (NoSuchFileException _) {
      return OptionalLong.empty();
    }
  }

  private void replace(Path path, Path link, Path scratch) throws IOException {
    Path directory = requireNonNull(path.getParent());
    boolean sealed = !directory.equals(layout.objects());
    try {
      Files.createLink(scratch, link);
    } catch (FileSystemException e) {
      if (hasTooManyLinks(e)) {
        return;
      }
      throw e;
    }
    int mode = Canonical.mode(directory);
    if (sealed) {
      SystemCalls.changeMode(directory, Mode.PUBLIC_DIRECTORY);
    }
    try {
      Files.move(scratch, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      if (sealed) {
        Canonical.seal(directory, mode);
      }
      Files.deleteIfExists(scratch);
    }
  }

  private static boolean hasTooManyLinks(FileSystemException failure) {
    return String.valueOf(failure.getReason()).contains("Too many links");
  }

  private static long number(Path path, String attribute) throws IOException {
    return ((Number) Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS))
        .longValue();
  }

  private static long number(Map<String, Object> attributes, String name) {
    return ((Number) requireNonNull(attributes.get(name))).longValue();
  }
}
