package dev.synapse.store.local;

import dev.synapse.store.path.StorePath;
import java.util.List;
import java.util.Optional;

/// What a collection would do now.
///
/// @param dead what would be deleted, in that order
/// @param kept what would stay, and why, sorted by path
/// @param bytes how many bytes of files would become free in all
public record CollectionPlan(List<Dead> dead, List<Kept> kept, long bytes) {
  /// Something that nothing keeps.
  ///
  /// @param name its file's name in the store's folder
  /// @param path set if it is a valid path; else it is a leftover
  /// @param bytes what becomes free with it, when those before it are deleted
  public record Dead(String name, Optional<StorePath> path, long bytes) {}

  /// A valid path that a root keeps.
  ///
  /// @param root one that does; there may be others
  /// @param through the path that it is kept by, on the shortest way from that root; empty if the
  ///   root names it itself
  public record Kept(StorePath path, StoreRoot root, Optional<StorePath> through) {}

  /// Copies the lists.
  public CollectionPlan {
    dead = List.copyOf(dead);
    kept = List.copyOf(kept);
  }
}
