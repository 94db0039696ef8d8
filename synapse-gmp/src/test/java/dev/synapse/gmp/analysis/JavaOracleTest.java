package dev.synapse.gmp.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Java, held against what Checkstyle says of the same files: `checkstyle.txt`, which the script
/// beside it makes.
final class JavaOracleTest {
  private static final List<String> GOLDEN = golden();

  @TempDir private Path folder;

  @Test
  void countsTheComplexityThatCheckstyleCounts() throws Exception {
    List<String> found =
        analysed().functions().stream()
            .map(each -> "F %s %d %d".formatted(each.file(), each.firstLine(), each.complexity()))
            .toList();
    // Checkstyle lists methods without a body as well.
    List<String> bodiless = List.of("F Decisions.java 35 1", "F Decisions.java 155 1");
    assertThat(GOLDEN).containsAll(bodiless);
    assertThat(found)
        .containsExactlyInAnyOrderElementsOf(
            GOLDEN.stream()
                .filter(line -> line.startsWith("F ") && !bodiless.contains(line))
                .toList());
  }

  @Test
  void findsTheNumbersThatCheckstyleFinds() throws Exception {
    assertThat(Fixtures.numbers(analysed()))
        .hasSizeGreaterThan(50)
        .containsExactlyInAnyOrderElementsOf(
            GOLDEN.stream().filter(line -> line.startsWith("M ")).toList());
  }

  @Test
  void namesFunctionsByWhatIsAround() throws Exception {
    assertThat(analysed().functions())
        .extracting(FunctionComplexity::name)
        .contains(
            "Decisions.<static>",
            "Decisions.<instance>",
            "Decisions.Decisions",
            "Decisions.anonymous.<Runnable>.run",
            "Decisions.local.Pair.Pair",
            "Decisions.local.Inner.values",
            "Decisions.local.Shape.round",
            "Decisions.Operation.PLUS.apply",
            "Decisions.Operation.DIVIDE.apply",
            "Decisions.Constants.twice",
            "main");
  }

  private AnalysisReport analysed() throws Exception {
    return Fixtures.analyse(Fixtures.copy("java", folder));
  }

  private static List<String> golden() {
    Path file = Fixtures.folder("java").resolve("checkstyle.txt");
    try (var lines = Files.lines(file)) {
      return lines.filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
