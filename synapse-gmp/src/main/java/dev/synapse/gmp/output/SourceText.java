package dev.synapse.gmp.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Gives the text of source files, which a report shows.
@FunctionalInterface
public interface SourceText {
  /// No text at all.
  SourceText NONE = _ -> Optional.empty();

  /// The lines of a file, without their ends; empty when it is not there.
  ///
  /// @param path relative to the project's folder
  Optional<List<String>> lines(String path);

  /// Texts of the files below a folder. What is not UTF-8 in them is replaced. Nothing outside of
  /// the folder is read, whatever a report says.
  static SourceText below(Path folder) {
    return path -> {
      try {
        Path root = folder.toRealPath();
        Path file = root.resolve(path).normalize();
        boolean readable =
            file.startsWith(root)
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && file.toRealPath().startsWith(root);
        return readable
            ? Optional.of(
                List.of(
                    new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                        .split("\r\n|[\r\n]", -1)))
            : Optional.empty();
      } catch (IOException | java.nio.file.InvalidPathException _) {
        return Optional.empty();
      }
    };
  }
}
