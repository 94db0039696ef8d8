package dev.synapse.store.local;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StoreDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/// Links outside the store that keep a path alive as long as they exist: each is named by a link in
/// `gcroots/auto`, which is called by the SHA-1 of the place.
final class IndirectRoots {
  private static final Path LOGICAL = Path.of(StoreDirectory.NIX.directory());

  private final StoreLayout layout;

  IndirectRoots(StoreLayout layout) {
    this.layout = layout;
  }

  static String name(Path link) {
    return Hash.of(HashAlgorithm.SHA1, SystemCalls.bytesOf(link)).toNix32();
  }

  /// The link that remembers comes first: one that names nothing does no harm, a result that nobody
  /// remembers would be collected.
  Path add(Path requested, Path target) throws IOException {
    Path link = requested.toAbsolutePath().normalize();
    if (isInStore(link)) {
      throw new StoreException(new StoreProblem.LinkInStore(link));
    }
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)
        && !(Files.isSymbolicLink(link) && isInStore(Files.readSymbolicLink(link)))) {
      throw new StoreException(new StoreProblem.LinkTaken(link));
    }
    Path automatic = layout.roots().resolve("auto");
    Files.createDirectories(automatic);
    replace(automatic.resolve(name(link)), link);
    replace(link, target);
    return link;
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
