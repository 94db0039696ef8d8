package dev.synapse.build.lock;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.hash.Hash;
import java.util.Comparator;

/// One file of a repository.
///
/// @param repository the repository's name; where it is is the user's business
/// @param path where it is below the repository, `org/ow2/asm/asm/9.8/asm-9.8.jar`
/// @param sha256 the hash of its bytes
/// @param size in bytes
public record LockedFile(String repository, String path, Hash sha256, long size)
    implements Comparable<LockedFile> {
  private static final Comparator<LockedFile> ORDER =
      Comparator.comparing(LockedFile::repository).thenComparing(LockedFile::path);

  /// Refuses a path that leaves the repository.
  public LockedFile {
    requireNonNull(sha256, "sha256");
    Places.requireRepository(repository);
    Places.requirePath(path);
    if (size < 0) {
      throw new IllegalArgumentException("size " + size + " of " + path);
    }
  }

  /// By repository, then by path: the order of the lock.
  @Override
  public int compareTo(LockedFile other) {
    return ORDER.compare(this, other);
  }
}
