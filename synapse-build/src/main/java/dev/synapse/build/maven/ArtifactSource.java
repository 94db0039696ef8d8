package dev.synapse.build.maven;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/// Where the files of a named repository come from.
@FunctionalInterface
public interface ArtifactSource {
  /// Opens a file; empty if the repository answers that it has no such file.
  ///
  /// @throws IOException if the repository can't be asked, or is not known; also while reading, when
  ///     less arrives than was announced
  Optional<InputStream> open(String repository, String path) throws IOException;
}
