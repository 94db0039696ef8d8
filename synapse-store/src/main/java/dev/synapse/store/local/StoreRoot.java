package dev.synapse.store.local;

import dev.synapse.store.path.StorePath;

/// Something that keeps a valid path, and all that it needs, from being collected.
///
/// @param place where it was found, as Nix writes it: the path of a link, `{temp:PID}`, or a file
///   below `/proc`
public record StoreRoot(StorePath path, Kind kind, String place) implements Comparable<StoreRoot> {
  /// What it is.
  public enum Kind {
    /// A link below `gcroots` or `profiles`, or a link elsewhere that one of these leads to.
    LINK,
    /// Named by a process that works with the path, for as long as that lives.
    TEMPORARY,
    /// In use by a process: its program, its folder, an open or mapped file, or its environment.
    RUNNING
  }

  @Override
  public int compareTo(StoreRoot other) {
    int byPlace = place.compareTo(other.place);
    return byPlace != 0 ? byPlace : path.compareTo(other.path);
  }

  /// As `nix-store --gc --print-roots` writes it: `PLACE -> PATH`.
  @Override
  public String toString() {
    return place + " -> " + path;
  }
}
