package dev.synapse.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The checkout these tests look at.
final class ProjectTree {
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  private ProjectTree() {}

  /// The folder of the parent POM: tests run in the folder of their module.
  static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }

  /// Folder names of the modules that the parent POM lists.
  static List<String> modules() throws IOException {
    return MODULE
        .matcher(Files.readString(root().resolve("pom.xml")))
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  /// Every Java source file of every module, main and test, sorted.
  static List<Path> javaFiles() throws IOException {
    return modules().stream()
        .map(module -> root().resolve(module).resolve("src"))
        .filter(Files::isDirectory)
        .flatMap(ProjectTree::filesBelow)
        .filter(file -> file.toString().endsWith(".java"))
        .sorted()
        .toList();
  }

  private static Stream<Path> filesBelow(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
