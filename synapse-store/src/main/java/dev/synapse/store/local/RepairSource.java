package dev.synapse.store.local;

import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Where a store gets again what was damaged in it: another store, a cache, or building it anew.
@FunctionalInterface
public interface RepairSource {
  /// Makes the tree of a path at `destination`, where nothing is. What was made is looked at by
  /// whoever asked: one that is not what it should be is not taken.
  ///
  /// @param wanted what is known of the path; what counts is the hash of its archive
  /// @return whether it was made
  boolean restore(PathInfo wanted, Path destination) throws IOException;

  /// A source that has nothing.
  static RepairSource none() {
    return (_, _) -> false;
  }

  /// What another store has, whole and with the same hash.
  static RepairSource of(LocalStore other) {
    return (wanted, destination) -> {
      other.addTemporaryRoot(wanted.path());
      Optional<PathInfo> there = other.find(wanted.path());
      if (there.isEmpty() || !there.get().narHash().equals(wanted.narHash())) {
        return false;
      }
      NarHash copied = Nar.copy(other.physical(wanted.path()), destination);
      return copied.hash().equals(wanted.narHash());
    };
  }

  /// What `first` has, else what this has.
  default RepairSource after(RepairSource first) {
    return (wanted, destination) ->
        first.restore(wanted, destination) || restore(wanted, destination);
  }
}
