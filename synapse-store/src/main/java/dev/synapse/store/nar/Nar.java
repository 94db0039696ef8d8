package dev.synapse.store.nar;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// From trees in the file system to archives and back.
///
/// A file counts as executable if its owner may execute it. Nothing else of what the file system
/// knows is in an archive: no times, owners or other permissions. Needs as much memory as the
/// largest directory listing, whatever the sizes of files.
public final class Nar {
  private static final int BUFFER = 1 << 16;

  private Nar() {}

  /// Writes the archive of what lies at `root`.
  public static void write(Path root, OutputStream out) throws IOException {
    new TreeWalk(new NarWriter(out), Optional.empty()).walk(root);
  }

  /// Writes the archive of the part that `include` takes. It is asked for files and links, with
  /// paths relative to `root`; folders that hold nothing included are left out.
  public static void write(Path root, Predicate<Path> include, OutputStream out)
      throws IOException {
    write(root, TreeFilter.of(include), out);
  }

  /// Writes the archive of the part that `filter` takes.
  public static void write(Path root, TreeFilter filter, OutputStream out) throws IOException {
    new TreeWalk(new NarWriter(out), Optional.of(filter)).walk(root);
  }

  /// The SHA-256 and size of the archive that [#write(Path, OutputStream)] would write.
  public static NarHash hash(Path root) throws IOException {
    try (NarHasher hasher = new NarHasher()) {
      write(root, hasher);
      return hasher.finish();
    }
  }

  /// The same for the part that `include` takes.
  public static NarHash hash(Path root, Predicate<Path> include) throws IOException {
    return hash(root, TreeFilter.of(include));
  }

  /// The same for the part that `filter` takes.
  public static NarHash hash(Path root, TreeFilter filter) throws IOException {
    try (NarHasher hasher = new NarHasher()) {
      write(root, filter, hasher);
      return hasher.finish();
    }
  }

  /// Creates at `destination`, where nothing may be, what the archive says. Returns after the
  /// archive's last byte, with the rest of `in` not read. After a failure what was created stays.
  public static void restore(InputStream in, Path destination) throws IOException {
    new NarReader(in).read(new TreeRestore(destination));
  }

  /// Creates at `destination`, where nothing may be, what the archive says, and refuses an input
  /// that goes on after it. It is made beside and renamed: after a failure nothing is there.
  public static void restoreWhole(InputStream in, Path destination) throws IOException {
    requireFree(destination);
    Path beside =
        destination.resolveSibling(
            ".%s-%s.partial".formatted(destination.getFileName(), UUID.randomUUID()));
    try {
      NarReader reader = new NarReader(new BufferedInputStream(in, BUFFER));
      reader.read(new TreeRestore(beside));
      reader.expectEnd();
      requireFree(destination);
      Files.move(beside, destination, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      try {
        delete(beside);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private static void requireFree(Path place) throws FileAlreadyExistsException {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(place.toString());
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /// Restores from `in`, which is read as [#restore] does, and hashes the archive on the way.
  public static NarHash restoreHashing(InputStream in, Path destination) throws IOException {
    try (NarHasher hasher = new NarHasher()) {
      new NarReader(in).read(new NarTee(new TreeRestore(destination), new NarWriter(hasher)));
      return hasher.finish();
    }
  }

  /// Copies the part of a tree that `include` takes to where nothing is, as restoring its archive
  /// would, and hashes that archive on the way.
  public static NarHash copy(Path from, Predicate<Path> include, Path to) throws IOException {
    return copy(from, TreeFilter.of(include), to);
  }

  /// The same for the part that `filter` takes.
  public static NarHash copy(Path from, TreeFilter filter, Path to) throws IOException {
    return copy(from, Optional.of(filter), to);
  }

  /// The same for the whole tree.
  public static NarHash copy(Path from, Path to) throws IOException {
    return copy(from, Optional.empty(), to);
  }

  private static NarHash copy(Path from, Optional<TreeFilter> filter, Path to) throws IOException {
    try (NarHasher hasher = new NarHasher()) {
      NarTee tee = new NarTee(new TreeRestore(to), new NarWriter(hasher));
      new TreeWalk(tee, filter).walk(from);
      return hasher.finish();
    }
  }
}
