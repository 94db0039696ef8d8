package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reports of one file are merged line by line.
final class FileCoverageTest {
  private static final SourceName NAME =
      new SourceName("m", "p", "p/A.java", List.of(), Optional.empty(), true, "id");

  @TempDir Path folder;

  private static FileCoverage file(List<Integer> lines) {
    var table = new LineTableBuilder();
    for (int line : lines) {
      int number = line / 8 + 1;
      table.line(number, line % 3);
      table.branch(number, "b" + line % 4, line % 2 == 0);
    }
    return new FileCoverage(NAME, table.build(), StatementTable.EMPTY);
  }

  private static Map<Integer, Integer> hits(List<Integer> lines) {
    var hits = new TreeMap<Integer, Integer>();
    lines.forEach(line -> hits.merge(line / 8 + 1, line % 3, Math::max));
    return hits;
  }

  @Property(seed = "17", tries = 300)
  void linesOfAFileAreSortedAndCountOnce(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 200) Integer> lines) {
    var seen = new TreeMap<Integer, Integer>();
    FileCoverage file = file(lines);

    file.forEachLine(line -> assertThat(seen.put(line.number(), line.hits())).isNull());

    assertThat(seen).isEqualTo(hits(lines));
    long covered = seen.values().stream().filter(hit -> hit > 0).count();
    assertThat(file.lines())
        .isEqualTo(
            lines.isEmpty()
                ? Optional.empty()
                : Optional.of(new Covered(covered, seen.size() - covered)));
  }

  @Property(seed = "18", tries = 300)
  void mergedIsAsIfReadFromOneReport(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 200) Integer> one,
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 200) Integer> two) {
    FileCoverage merged = file(one).merge(file(two));

    assertThat(merged).isEqualTo(file(two).merge(file(one)));
    assertThat(merged.merge(merged)).isEqualTo(merged);
    var both = new ArrayList<>(one);
    both.addAll(two);
    assertThat(merged.lines()).isEqualTo(file(both).lines());
  }

  @Test
  void branchesToldApartAreUnited() {
    var one = new LineTableBuilder();
    one.branch(3, "0", true);
    one.branch(3, "1", false);
    var two = new LineTableBuilder();
    two.branch(3, "1", true);
    two.branch(3, "0", false);

    assertThat(one.branchTable().merge(two.branchTable()).covered()).isEqualTo(new Covered(2, 0));
  }

  @Test
  void branchesOnlyCountedGiveTheLargerCount() {
    var one = new LineTableBuilder();
    one.branches(3, 1, 4);
    var two = new LineTableBuilder();
    two.branches(3, 2, 4);

    assertThat(one.branchTable().merge(two.branchTable()).covered()).isEqualTo(new Covered(2, 2));
  }

  @Test
  void allBranchesOfAReportAreAllInAnother() {
    var one = new LineTableBuilder();
    one.branches(3, 2, 2);
    var two = new LineTableBuilder();
    two.branches(3, 1, 3);

    assertThat(one.branchTable().merge(two.branchTable()).covered()).isEqualTo(new Covered(2, 1));
  }

  @Test
  void moreThan64BranchesOfALineAreCounted() {
    var table = new LineTableBuilder();
    for (int i = 0; i < 100; i++) {
      table.branch(1, "b" + i, i % 4 == 0);
    }
    BranchTable branches = table.branchTable();

    assertThat(branches.covered()).isEqualTo(new Covered(25, 75));
    assertThat(branches.merge(branches)).isEqualTo(branches);
  }

  @Test
  void aLineThatCannotBeIsRefused() {
    assertThatThrownBy(() -> new LineCoverage(0, 1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new LineCoverage(1, 1, 2, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void lcov(String report, String path, String data) throws Exception {
    Path file = folder.resolve(report);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "SF:%s\n%s\nend_of_record\n".formatted(path, data));
  }

  @Test
  void twoReportsOfOneFileCountALineOnce() throws Exception {
    lcov("one.info", "a.c", "DA:1,5\nDA:2,0");
    lcov("two.info", "./a.c", "DA:1,1\nDA:2,3\nDA:9,0");

    LineReport merged = Fixtures.coverage(folder, "one.info", "two.info").coverage().orElseThrow();

    assertThat(merged.lines()).contains(new Covered(2, 1));
    assertThat(merged.files().getFirst().line(1)).contains(new LineCoverage(1, 5, 0, 0));
  }

  @Test
  void onePathInTwoProjectsIsTwoFilesWhereTheSourcesShowIt() throws Exception {
    for (String project : List.of("a", "b")) {
      Files.createDirectories(folder.resolve(project + "/src"));
      Files.writeString(folder.resolve(project + "/src/index.js"), "");
      lcov(project + "/coverage/lcov.info", "src/index.js", "DA:1,1\nDA:2," + project.length());
    }
    Files.writeString(
        folder.resolve("b/coverage/lcov.info"), "SF:src/index.js\nDA:7,0\nend_of_record\n");

    LineReport merged =
        Fixtures.coverage(folder, "a/coverage/lcov.info", "b/coverage/lcov.info")
            .coverage()
            .orElseThrow();

    assertThat(merged.files())
        .extracting(FileCoverage::source)
        .containsExactly(Optional.of("a/src/index.js"), Optional.of("b/src/index.js"));
    assertThat(merged.lines()).contains(new Covered(2, 1));
  }

  @Test
  void anAbsolutePathIsFoundBelowTheFolder() throws Exception {
    Path source =
        Files.writeString(Files.createDirectories(folder.resolve("src")).resolve("a.c"), "");
    lcov("build/a.info", source.toString(), "DA:1,1");

    assertThat(Fixtures.coverage(folder, "build/a.info").coverage().orElseThrow().files())
        .extracting(FileCoverage::source)
        .containsExactly(Optional.of("src/a.c"));
  }
}
