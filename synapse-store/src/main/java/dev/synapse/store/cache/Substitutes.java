package dev.synapse.store.cache;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where a build asks for paths before it makes them itself.
public interface Substitutes {
  /// Nobody to ask.
  Substitutes NONE =
      new Substitutes() {
        @Override
        public SortedMap<StorePath, Offer> offers(Collection<StorePath> paths) {
          return new TreeMap<>();
        }

        @Override
        public SortedSet<StorePath> substitute(Collection<StorePath> paths) {
          return new TreeSet<>();
        }
      };

  /// What would be fetched to make `paths` valid: those of them that can be had whole, and all they
  /// refer to that is not valid yet. Fetches nothing; a promise is it not either.
  SortedMap<StorePath, Offer> offers(Collection<StorePath> paths) throws IOException;

  /// Makes those of `paths` valid that can be had, with all they refer to. A source that fails or
  /// lies is no failure here: the path is just not among the result, and can be built. What is
  /// valid already is among it.
  ///
  /// @throws IOException if the local store fails
  SortedSet<StorePath> substitute(Collection<StorePath> paths) throws IOException;

  /// A path that can be had.
  ///
  /// @param source where from
  /// @param downloadSize in bytes; that of the archive where the source does not say
  /// @param narSize of the archive, in bytes
  record Offer(String source, long downloadSize, long narSize) {}

  /// The sum over offers of the bytes to download.
  static long downloadSize(Map<StorePath, Offer> offers) {
    return offers.values().stream().mapToLong(Offer::downloadSize).sum();
  }
}
