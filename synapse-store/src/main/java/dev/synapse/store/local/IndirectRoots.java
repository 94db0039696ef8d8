package dev.synapse.store.local;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;

/// Links outside the store that keep a path alive as long as they exist: each is named by a link in
/// `gcroots/auto`, which is called by the SHA-1 of the place.
///
/// Nix's collector compares logical paths, so a link to the place where the files really are is no
/// root for it. Such a link gets a twin: `gcroots/synapse/NAME` says `/nix/store/...`, and `NAME`
/// is that of the link in `auto`, which says whose twin it is. The twin of a link that is gone or
/// leads elsewhere is deleted when the next link is made; until then it keeps too much, never too
/// little.
final class IndirectRoots {
  private static final Path LOGICAL = Path.of(StoreDirectory.NIX.directory());

  private final StoreLayout layout;

  IndirectRoots(StoreLayout layout) {
    this.layout = layout;
  }

  static String name(Path link) {
    return Hash.of(HashAlgorithm.SHA1, ByteString.ofPath(link).toByteArray()).toNix32();
  }

  /// The link that remembers comes first: one that names nothing does no harm, a result that nobody
  /// remembers would be collected.
  Path add(Path requested, StorePath target, LinkText text) throws IOException {
    Path link = requested.toAbsolutePath().normalize();
    if (isInStore(link)) {
      throw new StoreException(new StoreProblem.LinkInStore(link));
    }
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)
        && !(Files.isSymbolicLink(link) && isInStore(Files.readSymbolicLink(link)))) {
      throw new StoreException(new StoreProblem.LinkTaken(link));
    }
    Files.createDirectories(automatic());
    Files.createDirectories(twins());
    try (FileLock _ = FileLock.exclusive(layout.rootsLock())) {
      replace(automatic().resolve(name(link)), link);
      Path logical = Path.of(target.toString());
      if (text == LinkText.PHYSICAL) {
        // The twin before the link: no moment in which a result is shown that nothing keeps.
        replace(twins().resolve(name(link)), logical);
        replace(link, layout.object(target));
      } else {
        replace(link, logical);
      }
      prune();
    }
    return link;
  }

  private Path automatic() {
    return layout.roots().resolve("auto");
  }

  private Path twins() {
    return layout.roots().resolve("synapse");
  }

  private void prune() throws IOException {
    for (Path twin : Canonical.children(twins())) {
      if (!isShown(twin)) {
        Files.deleteIfExists(twin);
      }
    }
  }

  /// Whether the link that the twin belongs to still shows its target. One that cannot be read, as
  /// in the folder of someone else, is taken to show it.
  boolean isShown(Path twin) throws IOException {
    try {
      Path object = layout.objects().resolve(Files.readSymbolicLink(twin).getFileName());
      Path link = Files.readSymbolicLink(automatic().resolve(twin.getFileName()));
      return Files.readSymbolicLink(link).equals(object);
    } catch (NoSuchFileException | NotLinkException _) {
      return false;
    } catch (FileSystemException _) {
      return true;
    }
  }

  /// The link that a twin belongs to.
  Path linkOf(Path twin) throws IOException {
    return Files.readSymbolicLink(automatic().resolve(twin.getFileName()));
  }

  /// Deletes the twins of links that are gone, unless somebody makes a link at the moment.
  void tidy() throws IOException {
    if (Files.isDirectory(twins())) {
      Optional<FileLock> quiet = FileLock.tryExclusive(layout.rootsLock());
      if (quiet.isPresent()) {
        try (FileLock _ = quiet.get()) {
          prune();
        }
      }
    }
  }

  private boolean isInStore(Path path) {
    return path.startsWith(LOGICAL) || path.startsWith(layout.objects());
  }

  private static void replace(Path link, Path target) throws IOException {
    Path unfinished = link.resolveSibling(".new-link-" + UUID.randomUUID());
    Files.createSymbolicLink(unfinished, target);
    try {
      Files.move(unfinished, link, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }
}
