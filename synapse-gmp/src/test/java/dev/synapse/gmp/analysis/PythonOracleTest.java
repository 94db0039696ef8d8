package dev.synapse.gmp.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Python, held against Python's own parser: `oracle.py`.
final class PythonOracleTest {
  private static final Path ORACLE = Fixtures.folder("python").resolve("oracle.py");

  @TempDir private Path folder;

  @Test
  void findsWhatPythonsOwnParserFinds() throws Exception {
    assumeTrue(python(10), "needs python3 of 3.10 or newer");
    Fixtures.copy("python", folder);
    AnalysisReport report = Fixtures.analyse(folder);
    List<String> files = report.files().stream().map(SourceFile::path).toList();
    assertThat(files).containsExactly("decisions.py", "oracle.py");
    assertThat(found(report)).containsExactlyInAnyOrderElementsOf(oracle(folder, files));
  }

  /// Code in formatted strings is a string to the lexer, and so the only difference.
  @Test
  @Tag("slow")
  void findsWhatPythonsOwnParserFindsInItsLibrary() throws Exception {
    assumeTrue(python(10), "needs python3 of 3.10 or newer");
    Path library = Path.of(output("import os; print(os.path.dirname(os.__file__))").getFirst());
    for (String part : List.of("json", "email", "asyncio", "logging", "importlib")) {
      copyTree(library, part);
    }
    AnalysisReport report = Fixtures.analyse(folder);
    List<String> expected = oracle(folder, report.files().stream().map(SourceFile::path).toList());
    List<String> missing = new ArrayList<>(expected);
    found(report).forEach(missing::remove);
    assertThat(expected).hasSizeGreaterThan(1500);
    assertThat(missing).allMatch(this::isOnFormattedString).hasSizeLessThan(expected.size() / 100);
  }

  private boolean isOnFormattedString(String line) {
    List<String> words = List.of(line.split(" ", -1));
    int first = Integer.parseInt(words.get(2));
    int last = words.get(0).equals("F") ? Integer.parseInt(words.get(3)) : first;
    try {
      return Files.readAllLines(folder.resolve(words.get(1))).subList(first - 1, last).stream()
          .anyMatch(text -> text.matches(".*\\b[rR]?[fF][rR]?['\"].*"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void copyTree(Path library, String part) throws IOException {
    try (Stream<Path> files = Files.walk(library.resolve(part))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".py")).toList()) {
        Path target = folder.resolve(library.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private static List<String> found(AnalysisReport report) {
    List<String> found = new ArrayList<>(Fixtures.functions(report));
    for (MagicNumber number : report.magicNumbers()) {
      found.add("M %s %d %d".formatted(number.file(), number.line(), number.column()));
    }
    return found;
  }

  private static List<String> oracle(Path folder, List<String> files) throws Exception {
    var command = new ArrayList<>(List.of("python3", ORACLE.toString(), folder.toString()));
    command.addAll(files);
    return run(command);
  }

  private static boolean python(int minor) throws InterruptedException {
    try {
      return Integer.parseInt(output("import sys; print(sys.version_info[1])").getFirst()) >= minor;
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> output(String program) throws IOException, InterruptedException {
    return run(Arrays.asList("python3", "-c", program));
  }

  private static List<String> run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }
}
