package dev.synapse.build.fetch;

import dev.synapse.sandbox.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A file that is being written and gets its name when it is whole. Until then its name says which
/// process writes it: so what a killed process left is known from what another still writes.
public final class UnfinishedFile {
  private static final String SUFFIX = ".part";

  private UnfinishedFile() {}

  /// A path in `folder` where nothing is.
  public static Path in(Path folder) throws IOException {
    return folder.resolve(RunId.next() + SUFFIX);
  }

  /// Removes what killed processes left in `folder`, and what is named like it but for the ending.
  public static void removeLeftovers(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder, "synapse-*.*")) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        Optional<RunId> owner = RunId.parse(name.substring(0, name.lastIndexOf('.')));
        if (owner.isPresent() && owner.get().isStale()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
