package dev.synapse.gmp.analysis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The sources under `src/test/resources/analysis`, and what is found in them as lines of text.
final class Fixtures {
  private static final Path FOLDER = Path.of("src/test/resources/analysis").toAbsolutePath();

  private Fixtures() {}

  static Path folder(String name) {
    return FOLDER.resolve(name);
  }

  /// Copies a folder of fixtures to where no rule takes it for tests. `A.java.txt` is `A.java`: it
  /// is not formatted as the project's own sources are.
  static Path copy(String name, Path target) throws IOException {
    try (Stream<Path> files = Files.list(folder(name))) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString().replaceFirst("\\.txt$", "")));
      }
    }
    return target;
  }

  static AnalysisReport analyse(Path folder) throws IOException {
    return SourceAnalysis.analyse(SourceSet.below(folder), AnalysisOptions.defaults());
  }

  static List<String> functions(AnalysisReport report) {
    return report.functions().stream()
        .map(
            each ->
                "F %s %d %d %d %s"
                    .formatted(
                        each.file(),
                        each.firstLine(),
                        each.lastLine(),
                        each.complexity(),
                        each.name()))
        .toList();
  }

  static List<String> numbers(AnalysisReport report) {
    return report.magicNumbers().stream()
        .map(
            each ->
                "M %s %d %d %s".formatted(each.file(), each.line(), each.column(), each.literal()))
        .toList();
  }

  /// What is found in one text.
  static AnalysisReport of(Path folder, String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return analyse(folder);
  }
}
