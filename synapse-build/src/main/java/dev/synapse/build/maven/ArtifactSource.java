package dev.synapse.build.maven;

import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.FetchProblem;
import dev.synapse.build.fetch.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where the files of a named repository come from.
@FunctionalInterface
public interface ArtifactSource {
  /// Opens a file; empty if the repository answers that it has no such file.
  ///
  /// @throws IOException if the repository can't be asked, or is not known; also while reading,
  ///   when less arrives than was announced
  Optional<InputStream> open(String repository, String path) throws IOException;

  /// Files from where the user's machine says that its repositories are.
  ///
  /// @param folder where the files stay, named by their hashes: the folder of the recording's cache
  static ArtifactSource of(Downloader downloader, Path folder) {
    return (repository, path) -> {
      try {
        Path file = downloader.fetchUnverified(Origin.of(repository, path), folder).file();
        return Optional.of(Files.newInputStream(file));
      } catch (FetchException e) {
        if (e.problem() instanceof FetchProblem.NotFound) {
          return Optional.empty();
        }
        throw e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while fetching '%s'".formatted(path));
      }
    };
  }
}
