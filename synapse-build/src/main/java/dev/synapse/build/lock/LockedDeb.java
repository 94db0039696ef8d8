package dev.synapse.build.lock;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.hash.Hash;

/// One Debian package: a file of a repository.
///
/// @param version as Debian writes it, epoch included
/// @param repository the repository's name; where it is is the user's business
/// @param path below the repository, `pool/main/b/bash/bash_5.2.37-2_amd64.deb`
/// @param size in bytes
public record LockedDeb(
    String name, String version, String repository, String path, Hash sha256, long size)
    implements Comparable<LockedDeb> {

  /// Refuses a path that leaves the repository.
  public LockedDeb {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(sha256, "sha256");
    Places.requireRepository(repository);
    Places.requirePath(path);
    if (size < 0) {
      throw new IllegalArgumentException("size " + size + " of " + path);
    }
  }

  /// By name: the order of the lock.
  @Override
  public int compareTo(LockedDeb other) {
    return name.compareTo(other.name);
  }
}
