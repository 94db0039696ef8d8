package dev.synapse.store.local;

import java.util.List;

/// What a collection did.
///
/// @param deleted the names, in the store's folder, of what was deleted, in that order
/// @param bytes how many bytes of files became free
public record Collected(List<String> deleted, long bytes) {
  /// Copies the list.
  public Collected {
    deleted = List.copyOf(deleted);
  }
}
