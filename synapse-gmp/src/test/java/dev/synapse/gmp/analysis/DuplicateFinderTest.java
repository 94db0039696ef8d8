package dev.synapse.gmp.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.sourceforge.pmd.cpd.CPDConfiguration;
import net.sourceforge.pmd.cpd.CpdAnalysis;
import net.sourceforge.pmd.cpd.Mark;
import net.sourceforge.pmd.cpd.Match;
import net.sourceforge.pmd.lang.LanguageRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Duplicates, held against PMD's own CPD over the same files.
final class DuplicateFinderTest {
  private static final int FEW = 10;

  @TempDir private Path folder;

  @Test
  void findsWhatCpdFindsInThisProject() throws Exception {
    int copied = 0;
    for (String module : List.of("synapse-gmp", "synapse-events", "synapse-sandbox")) {
      copied += copySources(Path.of("..", module, "src", "main", "java"), copied);
    }
    assertThat(copied).isGreaterThan(30);
    for (int minimum : new int[] {20, 30, 50}) {
      assertThat(ours(minimum)).isNotEmpty().containsExactlyElementsOf(cpds("java", minimum));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void findsWhatCpdFindsInRandomWords(int seed) throws Exception {
    var random = new Random(seed);
    for (int file = 0; file < 3; file++) {
      var text = new StringBuilder();
      for (int i = 0; i < 400; i++) {
        text.append("abc".charAt(random.nextInt(2 + seed % 2))).append(i % 7 == 0 ? '\n' : ' ');
      }
      Files.writeString(folder.resolve("f" + file + ".py"), text);
    }
    List<Duplication> ours = ours(FEW);
    assertThat(ours).isNotEmpty();
    assertThat(lines(ours)).isEqualTo(lines(cpds("python", FEW)));
  }

  @Test
  void endsSoonWhereOneTokenIsRepeatedAMillionTimes() throws Exception {
    Files.writeString(folder.resolve("table.py"), "T = [" + "0, ".repeat(500_000) + "]\n");
    assertThat(ours(AnalysisOptions.DEFAULT_MINIMUM_TOKENS)).hasSizeLessThan(10);
  }

  @Test
  void countsEachRepeatedLineOnceAndOnlyLinesWithCode() throws Exception {
    String body = "  int a(int x) {\n\n    // note\n    return x + x + x + x;\n  }\n";
    Files.writeString(folder.resolve("A.java"), "class A {\n" + body + "}\n");
    Files.writeString(folder.resolve("B.java"), "class B {\n" + body + "}\n");
    Files.writeString(folder.resolve("C.java"), "class C {\n" + body + "  int c;\n}\n");
    AnalysisReport report = SourceAnalysis.analyse(SourceSet.below(folder), options(15));
    assertThat(report.duplicates().groups()).hasSize(2);
    Duplication longest = report.duplicates().groups().getFirst();
    assertThat(longest.places()).extracting(Duplication.Place::file).contains("A.java", "B.java");
    assertThat(report.files())
        .extracting(file -> file.path() + " " + file.duplicated() + " of " + file.code())
        .containsExactly(
            "A.java 1-2,5-7 of 1-2,5-7", "B.java 1-2,5-7 of 1-2,5-7", "C.java 1-2,5-6 of 1-2,5-8");
  }

  private List<Duplication> ours(int minimum) throws IOException {
    return SourceAnalysis.analyse(SourceSet.below(folder), options(minimum)).duplicates().groups();
  }

  private static AnalysisOptions options(int minimum) {
    return new AnalysisOptions(minimum, List.of());
  }

  private List<Duplication> cpds(String language, int minimum) throws IOException {
    var configuration = new CPDConfiguration();
    configuration.setMinimumTileSize(minimum);
    configuration.setOnlyRecognizeLanguage(LanguageRegistry.CPD.getLanguageById(language));
    List<Duplication> found = new ArrayList<>();
    try (CpdAnalysis cpd = CpdAnalysis.create(configuration)) {
      for (Path file : files(folder)) {
        cpd.files().addFile(file);
      }
      cpd.performAnalysis(report -> report.getMatches().forEach(match -> found.add(of(match))));
    }
    return found.stream().sorted().toList();
  }

  private static Duplication of(Match match) {
    List<Duplication.Place> places = new ArrayList<>();
    for (Mark mark : match) {
      var location = mark.getLocation();
      places.add(
          new Duplication.Place(
              location.getFileId().getFileName(), location.getStartLine(), location.getEndLine()));
    }
    return new Duplication(match.getTokenCount(), places);
  }

  private static java.util.Set<String> lines(List<Duplication> groups) {
    var lines = new java.util.TreeSet<String>();
    for (Duplication group : groups) {
      for (Duplication.Place place : group.places()) {
        for (int line = place.firstLine(); line <= place.lastLine(); line++) {
          lines.add(place.file() + ":" + line);
        }
      }
    }
    return lines;
  }

  private int copySources(Path sources, int number) throws IOException {
    int copied = 0;
    for (Path file : files(sources)) {
      copied++;
      Files.copy(file, folder.resolve("%04d.java".formatted(number + copied)));
    }
    return copied;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
