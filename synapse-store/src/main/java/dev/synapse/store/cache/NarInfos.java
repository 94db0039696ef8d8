package dev.synapse.store.cache;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.Optional;

/// What caches say, read and checked for sense, not for truth.
final class NarInfos {
  private static final int INFO_LIMIT = 1 << 16;

  private NarInfos() {}

  /// What the cache says of itself; empty if nothing.
  static Optional<CacheInfo> info(BinaryCache cache) throws IOException {
    Optional<byte[]> bytes = cache.readSmall(CacheInfo.FILE, INFO_LIMIT);
    try {
      return bytes.isPresent() ? Optional.of(CacheInfo.parse(bytes.get())) : Optional.empty();
    } catch (NarInfoException e) {
      throw new CacheException(
          new CacheProblem.NotACache(
              cache.location(), "in '%s' %s".formatted(CacheInfo.FILE, e.problem().message())));
    }
  }

  /// What the cache says of a path; empty if it does not have it.
  static Optional<NarInfo> read(BinaryCache cache, StorePath path) throws IOException {
    Optional<NarInfo> read = read(cache, NarInfo.fileOf(path));
    if (read.isPresent() && !read.get().path().equals(path)) {
      throw new CacheException(
          new CacheProblem.OtherPath(cache.location(), path, read.get().path()));
    }
    return read;
  }

  /// What a file `DIGEST.narinfo` says; empty if it is not there.
  static Optional<NarInfo> read(BinaryCache cache, String file) throws IOException {
    Optional<byte[]> bytes = cache.readSmall(file, NarInfo.LIMIT);
    try {
      return bytes.isPresent() ? Optional.of(NarInfo.parse(bytes.get())) : Optional.empty();
    } catch (NarInfoException e) {
      throw new CacheException(new CacheProblem.BadNarInfo(cache.location(), file, e.problem()), e);
    }
  }
}
