package dev.synapse.store.derivation;

import dev.synapse.store.hash.Hash;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What output paths are computed from: a SHA-256 for each output of a derivation, in which fixed
/// outputs that went in count by their contents, not by how they are fetched.
///
/// @param hashes by output name
/// @param deferred whether something floating went in, so that no path can follow from this
public record HashModulo(SortedMap<String, Hash> hashes, boolean deferred) {
  /// Copies the map.
  public HashModulo {
    hashes = Collections.unmodifiableSortedMap(new TreeMap<>(hashes));
  }

  /// The hash of an output that the derivation has.
  public Hash of(String output) {
    Hash hash = hashes.get(output);
    if (hash == null) {
      throw new IllegalArgumentException("no output '" + output + "'");
    }
    return hash;
  }
}
