package dev.synapse.store.cache;

import dev.synapse.store.local.PathInfo;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.Signature;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What a [CacheServer] gives away. For any number of threads.
interface ServedCache {
  /// A file; empty if it is not there.
  Optional<Served> find(String file) throws IOException;

  /// Takes a file.
  ///
  /// @return why not, where it is refused
  Optional<String> take(String file, InputStream contents) throws IOException;

  /// What is in it, for people.
  ///
  /// @param most how many paths to name at most
  Contents contents(int most) throws IOException;

  /// What is in a cache.
  ///
  /// @param paths how many there are
  /// @param bytes of all of them, unpacked, where that is known
  /// @param entries the first of them by name
  record Contents(long paths, OptionalLong bytes, List<Entry> entries) {
    /// Copies the list.
    public Contents {
      entries = List.copyOf(entries);
    }
  }

  /// One path.
  ///
  /// @param narSize of its archive, in bytes
  /// @param signers the names of the keys that signed it
  record Entry(StorePath path, long narSize, List<String> signers) {
    /// Copies the list.
    public Entry {
      signers = List.copyOf(signers);
    }

    static Entry of(PathInfo info) {
      return new Entry(
          info.path(),
          info.narSize(),
          info.signatures().stream()
              .map(Signature::nameIn)
              .filter(name -> !name.isEmpty())
              .distinct()
              .toList());
    }
  }
}
