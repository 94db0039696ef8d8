package dev.synapse.build.maven;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.util.Comparator;
import java.util.regex.Pattern;

/// One file of a Maven repository, as the lock holds it.
///
/// @param repository the repository's name, never its address
/// @param path below the repository's root
/// @param sha256 of the content
/// @param size in bytes
public record MavenArtifact(String repository, String path, Hash sha256, long size)
    implements Comparable<MavenArtifact> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.\\-]{0,63}");
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_+~\\-][A-Za-z0-9_.+~\\-]*");
  private static final Comparator<MavenArtifact> ORDER =
      Comparator.comparing(MavenArtifact::path)
          .thenComparing(MavenArtifact::repository)
          .thenComparing(artifact -> artifact.sha256().toHex())
          .thenComparingLong(MavenArtifact::size);

  public MavenArtifact {
    if (!isRepository(repository)) {
      throw new IllegalArgumentException("invalid repository name '" + repository + "'");
    }
    if (!isPath(path)) {
      throw new IllegalArgumentException("invalid path in a repository '" + path + "'");
    }
    if (sha256.algorithm() != HashAlgorithm.SHA256) {
      throw new IllegalArgumentException("'" + sha256 + "' is not a SHA-256");
    }
    if (size < 0) {
      throw new IllegalArgumentException("negative size " + size);
    }
  }

  /// By path, so that a lock's changes lie together.
  @Override
  public int compareTo(MavenArtifact other) {
    return ORDER.compare(this, other);
  }

  /// Whether a name can stand for a repository.
  static boolean isRepository(String text) {
    return NAME.matcher(text).matches();
  }

  /// Whether the text names a file below a root: no segment is empty, starts with a dot, or holds
  /// anything but letters, digits and `_ . + ~ -`.
  static boolean isPath(String text) {
    for (String segment : text.split("/", -1)) {
      if (!SEGMENT.matcher(segment).matches()) {
        return false;
      }
    }
    return true;
  }
}
