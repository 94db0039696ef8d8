package dev.synapse.build.lock;

import static java.util.Objects.requireNonNull;

/// One Debian package.
///
/// @param version as Debian writes it, epoch included
public record LockedDeb(String name, String version, LockedFile file)
    implements Comparable<LockedDeb> {

  /// Refuses null.
  public LockedDeb {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(file, "file");
  }

  /// By name: the order of the lock.
  @Override
  public int compareTo(LockedDeb other) {
    return name.compareTo(other.name);
  }
}
