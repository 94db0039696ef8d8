package dev.synapse.build.lock;

import static java.util.Objects.requireNonNull;

import dev.synapse.build.manifest.Debian;
import dev.synapse.store.hash.Hash;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a toolchain's root is made of.
///
/// @param asked what the manifest asked for, its lists sorted
/// @param links the links that the manifest asked for
/// @param release the hash of the suite's signed list
/// @param narHash the hash of the root
/// @param debs every package in it, sorted by name
public record LockedToolchain(
    Debian asked,
    SortedMap<String, String> links,
    Hash release,
    Hash narHash,
    List<LockedDeb> debs) {

  /// Sorts.
  public LockedToolchain {
    asked =
        new Debian(
            asked.suite(),
            asked.packages().stream().sorted().distinct().toList(),
            asked.components().stream().sorted().distinct().toList(),
            asked.architecture());
    requireNonNull(release, "release");
    requireNonNull(narHash, "narHash");
    links = Collections.unmodifiableSortedMap(new TreeMap<>(Map.copyOf(links)));
    debs = debs.stream().sorted().toList();
  }
}
