package dev.synapse.build.debian;

import dev.synapse.build.lock.LockedDeb;
import dev.synapse.store.hash.Hash;
import java.util.List;

/// What a toolchain was resolved to.
///
/// @param release the hash of the suite's `InRelease`
/// @param debs sorted by name
public record DebianLock(String suite, Hash release, List<LockedDeb> debs) {
  /// Copies the list.
  public DebianLock {
    debs = List.copyOf(debs);
  }
}
