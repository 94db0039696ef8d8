package dev.synapse.store.cache;

import dev.synapse.store.path.StorePath;

/// What happens between a store and its caches.
public sealed interface CacheEvent {
  /// A cache failed or lied: nobody asks it again in this run. Comes once for each cache.
  record SetAside(String cache, CacheProblem problem) implements CacheEvent {}

  /// A cache has something that nothing vouches for. Comes once for each cache, for the first path.
  record Distrusted(String cache, CacheProblem problem) implements CacheEvent {}

  /// A path is on its way here.
  ///
  /// @param size of its archive, in bytes
  record Fetching(String cache, StorePath path, long size) implements CacheEvent {}

  /// A path arrived and is sound; it becomes valid together with others.
  record Fetched(String cache, StorePath path) implements CacheEvent {}

  /// A path is on its way into a cache.
  ///
  /// @param size of its archive, in bytes
  record Pushing(String cache, StorePath path, long size) implements CacheEvent {}

  /// A path is in a cache now.
  ///
  /// @param size of the compressed archive, in bytes
  record Pushed(String cache, StorePath path, long size) implements CacheEvent {}
}
