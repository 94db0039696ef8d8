package dev.synapse.build.maven;

import dev.synapse.build.lock.LockedFile;
import dev.synapse.store.hash.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;

/// Lays recorded files out as a Maven repository: a tree that serves as a `file://` repository, and
/// as a local one or the tail of one.
///
/// The tree holds the files and nothing else: no `_remote.repositories`, which would tie them to
/// the repository they came from, no `*.lastUpdated`, no list of versions. Without these Maven
/// takes every file as there for all. The same files give the same tree.
public final class MavenRepositoryLayout {
  private MavenRepositoryLayout() {}

  /// Where the content of a recorded file is.
  @FunctionalInterface
  public interface Contents {
    /// Finds the file.
    ///
    /// @throws IOException if it is not there
    Path file(LockedFile artifact) throws IOException;
  }

  /// Copies the files to their places, hashing what is copied. The folder is left as it is at the
  /// first error: lay out beside the place, and move.
  ///
  /// @param folder made if need be; must hold nothing
  /// @throws MavenException if a content is not what was recorded, or two repositories give
  ///   different contents to one path
  public static void materialise(Collection<LockedFile> artifacts, Contents contents, Path folder)
      throws MavenException, IOException {
    Files.createDirectories(folder);
    try (var entries = Files.newDirectoryStream(folder)) {
      if (entries.iterator().hasNext()) {
        throw new IOException("can't lay out a repository in '%s': not empty".formatted(folder));
      }
    }
    for (LockedFile artifact : byPath(artifacts).values()) {
      Path place = folder.resolve(artifact.path());
      Files.createDirectories(place.getParent());
      ArtifactCache.Entry copied;
      try (InputStream in = Files.newInputStream(contents.file(artifact));
          OutputStream out = Files.newOutputStream(place)) {
        copied = ArtifactCache.copy(in, out, place);
      }
      if (!copied.sha256().equals(artifact.sha256())) {
        throw changed(artifact, copied.sha256());
      }
    }
  }

  private static SortedMap<String, LockedFile> byPath(Collection<LockedFile> artifacts)
      throws MavenException {
    SortedMap<String, LockedFile> byPath = new TreeMap<>();
    for (LockedFile artifact : artifacts) {
      LockedFile other = byPath.putIfAbsent(artifact.path(), artifact);
      if (other != null && !other.sha256().equals(artifact.sha256())) {
        throw changed(other, artifact.sha256());
      }
    }
    return byPath;
  }

  private static MavenException changed(LockedFile artifact, Hash actual) {
    return new MavenException(
        new MavenProblem.ContentChanged(
            artifact.repository(), artifact.path(), artifact.sha256(), actual));
  }
}
