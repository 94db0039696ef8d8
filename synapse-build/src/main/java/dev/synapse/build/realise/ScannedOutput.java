package dev.synapse.build.realise;

import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import java.util.Optional;
import java.util.SortedSet;

/// An output that a builder made, canonical and hashed.
///
/// @param address its content address, if its derivation fixed one
record ScannedOutput(
    StorePath path,
    NarHash nar,
    SortedSet<StorePath> references,
    Optional<ContentAddress> address) {

  PathInfo toPathInfo(StorePath deriver, long now) {
    PathInfo.Origin built = PathInfo.Origin.builtBy(deriver, now);
    return new PathInfo(path, nar, references, address.map(built::withAddress).orElse(built));
  }
}
