package dev.synapse.store.cache;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/// A place that holds the files of a binary cache by their names: `nix-cache-info`,
/// `DIGEST.narinfo`, `nar/…`, `log/…`. It knows nothing of what is in them, and nothing it says is
/// believed. For any number of threads.
///
/// Failures are [CacheException]s where the cache is to blame, other [IOException]s where this
/// machine is.
public interface BinaryCache extends AutoCloseable {
  /// Where it is, as it was given.
  String location();

  /// Whether its files lie on this machine, so that writing them takes less time than compressing.
  default boolean isNear() {
    return false;
  }

  /// The bytes of a file; empty if it is not there. An answer that does not go on ends in a
  /// [CacheException] of the stream.
  Optional<InputStream> read(String file) throws IOException;

  /// Whether a file is there.
  boolean contains(String file) throws IOException;

  /// Begins a new file that gets its name at its end.
  PendingFile create() throws IOException;

  /// The names of all files `DIGEST.narinfo`, sorted; refused where nobody can say.
  List<String> narInfos() throws IOException;

  /// All bytes of a small file; empty if it is not there.
  ///
  /// @param limit how many bytes to read at most; of a longer file so many and one more
  default Optional<byte[]> readSmall(String file, int limit) throws IOException {
    Optional<InputStream> found = read(file);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = found.get()) {
      return Optional.of(in.readNBytes(limit + 1));
    }
  }

  /// Writes a small file, replacing the one before at once.
  default void write(String file, byte[] contents) throws IOException {
    try (PendingFile pending = create()) {
      pending.out().write(contents);
      pending.commit(file);
    }
  }

  @Override
  void close() throws IOException;
}
