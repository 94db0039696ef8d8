package dev.synapse.gmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.Duplication;
import dev.synapse.gmp.analysis.FunctionComplexity;
import dev.synapse.gmp.analysis.LeftOut;
import dev.synapse.gmp.analysis.LineSet;
import dev.synapse.gmp.analysis.MagicNumber;
import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.analysis.Unreadable;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.change.Patch;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.ReportException;
import dev.synapse.gmp.report.ReportProblem;
import dev.synapse.gmp.verdict.Change;
import dev.synapse.gmp.verdict.ChangedFile;
import dev.synapse.gmp.verdict.Evidence;
import dev.synapse.gmp.verdict.FileLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The reports, sources and change of a project are found, read and put together by the files that
/// they speak of.
final class EvidenceFilesTest {
  private static final List<String> NONE = List.of();

  private static final String CALC =
      """
      package fx;

      final class Calc {
        int grade(int points) {
          if (points > 49) {
            return 1;
          }
          return 0;
        }
      }
      """;

  private static final String JACOCO =
      """
      <report name="calc"><package name="fx"><sourcefile name="Calc.java">
      <line nr="5" mi="0" ci="3" mb="1" cb="1"/>
      <line nr="6" mi="2" ci="0" mb="0" cb="0"/>
      <line nr="8" mi="0" ci="2" mb="0" cb="0"/>
      <counter type="LINE" missed="1" covered="2"/><counter type="BRANCH" missed="1" covered="1"/>
      </sourcefile>
      <counter type="LINE" missed="1" covered="2"/><counter type="BRANCH" missed="1" covered="1"/>
      </package>
      <counter type="LINE" missed="1" covered="2"/><counter type="BRANCH" missed="1" covered="1"/>
      </report>
      """;

  @TempDir Path folder;

  private void put(String file, String text) throws Exception {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Evidence read(EvidenceFiles files) throws Exception {
    return files.read(folder, Optional.empty());
  }

  private AnalysisReport sources(String... patterns) throws Exception {
    return read(new EvidenceFiles(NONE, NONE, NONE, List.of(patterns))).analysis().orElseThrow();
  }

  @Test
  void whatNoPatternNamesIsNotMeasured() throws Exception {
    put("src/fx/Calc.java", CALC);

    Evidence read = read(new EvidenceFiles(NONE, NONE, NONE, NONE));

    assertThat(read.report().tests()).isEmpty();
    assertThat(read.report().coverage()).isEmpty();
    assertThat(read.lines()).isEmpty();
    assertThat(read.analysis()).isEmpty();
    assertThat(read.mutants()).isEmpty();
    assertThat(read.change()).isEmpty();
  }

  @Test
  void linesOfReportsAreThoseOfTheSourceFiles() throws Exception {
    put("core/src/main/java/fx/Calc.java", CALC);
    put("core/target/site/jacoco/jacoco.xml", JACOCO);

    Evidence read =
        read(
            new EvidenceFiles(
                NONE, List.of("**/jacoco.xml"), NONE, List.of("core/src/main/java/")));

    assertThat(read.report().coverage().orElseThrow().lines()).contains(new Covered(2, 1));
    FileLines lines = read.lines().getFirst();
    assertThat(read.lines()).hasSize(1);
    assertThat(lines.path()).isEqualTo("core/src/main/java/fx/Calc.java");
    assertThat(lines.covered()).isEqualTo(LineSet.range(5, 5).or(LineSet.range(8, 8)));
    assertThat(lines.missed()).isEqualTo(LineSet.range(6, 6));
    assertThat(lines.partly()).isEqualTo(LineSet.range(5, 5));
    assertThat(lines.branches()).containsExactly(Map.entry(5, new Covered(1, 1)));
  }

  @Test
  void aFileThatNoSourceFolderHoldsKeepsItsNameOfTheReport() throws Exception {
    put("jacoco.xml", JACOCO);

    Evidence read = read(new EvidenceFiles(NONE, List.of("jacoco.xml"), NONE, NONE));

    assertThat(read.lines()).extracting(FileLines::path).containsExactly("fx/Calc.java");
  }

  @Test
  void reportsThatNoBuildReadsGiveTheTotalsOfTheirLines() throws Exception {
    put("cover.out", "mode: set\nfx/calc.go:3.1,4.2 1 1\nfx/calc.go:6.1,6.9 1 0\n");

    Evidence read = read(new EvidenceFiles(NONE, List.of("cover.out"), NONE, NONE));

    assertThat(read.report().coverage().orElseThrow().lines()).contains(new Covered(2, 1));
  }

  @Test
  void testsAndMutantsAreCounted() throws Exception {
    put("TEST-a.xml", "<testsuite tests='1'><testcase classname='A' name='b'/></testsuite>");
    put(
        "mutations.xml",
        """
        <mutations><mutation detected='true' status='KILLED'><sourceFile>A.java</sourceFile>
        <mutatedClass>A</mutatedClass><mutatedMethod>b</mutatedMethod><lineNumber>1</lineNumber>
        <mutator>M</mutator><indexes><index>1</index></indexes></mutation></mutations>
        """);

    Evidence read =
        read(new EvidenceFiles(List.of("TEST-*.xml"), NONE, List.of("mutations.xml"), NONE));

    assertThat(read.report().tests().orElseThrow().counts().passed()).isEqualTo(1);
    assertThat(read.mutants()).contains(new Covered(1, 0));
  }

  @Test
  void everyPatternWithoutAMatchIsToldAtOnce() {
    var files =
        new EvidenceFiles(
            List.of("TEST-*.xml", "../up.xml"), NONE, NONE, List.of("src/", "../other"));

    ReportException thrown = catchThrowableOfType(ReportException.class, () -> read(files));

    assertThat(thrown.problems())
        .containsExactly(
            new ReportProblem.NoFile("TEST-*.xml"),
            new ReportProblem.BadPattern("../up.xml"),
            new ReportProblem.NoFile("src/"),
            new ReportProblem.BadPattern("../other"));
  }

  @Test
  void sourcesOfSeveralFoldersAreMeasuredAsOneAndNoneBesideThem() throws Exception {
    put("a/src/fx/Calc.java", CALC);
    put("b/src/fx/Other.java", CALC.replace("Calc", "Other"));
    put("b/tools/Tool.java", CALC.replace("Calc", "Tool"));

    AnalysisReport all = sources("a/src", "b/src/");

    assertThat(all.files())
        .extracting(SourceFile::path)
        .containsExactly("a/src/fx/Calc.java", "b/src/fx/Other.java");
    assertThat(all.functions())
        .containsExactly(
            new FunctionComplexity("a/src/fx/Calc.java", "Calc.grade", 4, 9, 2),
            new FunctionComplexity("b/src/fx/Other.java", "Other.grade", 4, 9, 2));
    assertThat(all.magicNumbers())
        .containsExactly(
            new MagicNumber("a/src/fx/Calc.java", 5, 18, "49"),
            new MagicNumber("b/src/fx/Other.java", 5, 18, "49"));
  }

  @Test
  void aFolderAloneKeepsItsPathInTheProject() throws Exception {
    put("a/src/fx/Calc.java", CALC);

    assertThat(sources("a/src").files())
        .extracting(SourceFile::path)
        .containsExactly("a/src/fx/Calc.java");
    assertThat(sources(".").files())
        .extracting(SourceFile::path)
        .containsExactly("a/src/fx/Calc.java");
  }

  @Test
  void whatIsLeftOutOrUnreadableInTheFoldersIsToldByItsPath() throws Exception {
    put("a/src/fx/Calc.java", CALC);
    put("a/src/test/CalcTest.java", CALC);
    put("b/src/test/CalcTest.java", CALC);
    Files.write(folder.resolve("a/src/fx/Bad.java"), new byte[] {'"', (byte) 0xff, 0});
    put("b/src/fx/Calc.java", CALC);
    Files.write(folder.resolve("b/Bad.java"), new byte[] {'"', (byte) 0xff, 0});

    AnalysisReport all = sources("a/src", "b/src/fx");

    assertThat(all.sources().leftOut())
        .extracting(LeftOut::path)
        .allMatch(path -> path.startsWith("a/src/test"))
        .isNotEmpty();
    assertThat(all.sources().unreadable())
        .extracting(Unreadable::path)
        .containsExactly("a/src/fx/Bad.java");
  }

  /// As many statements as make a duplicate.
  private static String repeated(String type) {
    var text = new StringBuilder("final class %s {\n  void run(int[] all) {\n".formatted(type));
    for (int i = 0; i < 20; i++) {
      text.append("    all[%d] = all[%d] + %d;\n".formatted(i, i + 1, i * i));
    }
    return text.append("  }\n}\n").toString();
  }

  @Test
  void whatStandsInTwoFoldersStandsTwice() throws Exception {
    put("a/src/One.java", repeated("One"));
    put("b/src/Two.java", repeated("Two"));
    put("c/Three.java", repeated("Three"));

    AnalysisReport both = sources("a/src", "b/src");
    AnalysisReport one = sources("a/src");

    assertThat(both.duplicates().groups()).hasSize(1);
    assertThat(both.duplicates().groups().getFirst().places())
        .extracting(Duplication.Place::file)
        .containsExactly("a/src/One.java", "b/src/Two.java");
    assertThat(both.files()).allMatch(file -> file.duplicated().contains(10));
    assertThat(one.duplicates().groups()).isEmpty();
    assertThat(one.files()).allMatch(file -> file.duplicated().isEmpty());
  }

  @Test
  void aChangeIsJoinedWithSourcesAndWithWhatRan() throws Exception {
    put("src/fx/Calc.java", CALC);
    put("jacoco.xml", JACOCO);
    put(
        "change.diff",
        """
        --- a/src/fx/Calc.java
        +++ b/src/fx/Calc.java
        @@ -5,2 +5,2 @@
        -    if (points > 48) {
        -      return 2;
        +    if (points > 49) {
        +      return 1;
        --- a/README.md
        +++ b/README.md
        @@ -1 +1 @@
        -old
        +new
        """);
    ChangedLines changed = Patch.read(folder.resolve("change.diff"));
    var files = new EvidenceFiles(NONE, List.of("jacoco.xml"), NONE, List.of("src"));

    Change change = files.read(folder, Optional.of(changed)).change().orElseThrow();

    assertThat(change.lines()).isSameAs(changed);
    assertThat(change.files())
        .containsExactly(
            new ChangedFile(
                "src/fx/Calc.java",
                LineSet.range(5, 6),
                LineSet.range(5, 6),
                LineSet.range(5, 5),
                LineSet.range(6, 6)));
  }

  @Test
  void aChangeWithoutSourcesJoinsNothing() throws Exception {
    put("change.diff", "--- a/a.py\n+++ b/a.py\n@@ -0,0 +1 @@\n+x = 1\n");
    ChangedLines changed = Patch.read(folder.resolve("change.diff"));

    assertThat(
            new EvidenceFiles(NONE, NONE, NONE, NONE).read(folder, Optional.of(changed)).change())
        .isEmpty();
  }

  @Test
  void aChangedFileWithoutDataHasNone() throws Exception {
    put("calc.py", "def grade(points):\n    return points\n");
    put("change.diff", "--- a/calc.py\n+++ b/calc.py\n@@ -2 +2 @@\n-    x\n+    return points\n");
    ChangedLines changed = Patch.read(folder.resolve("change.diff"));

    Change change =
        new EvidenceFiles(NONE, NONE, NONE, List.of("."))
            .read(folder, Optional.of(changed))
            .change()
            .orElseThrow();

    assertThat(change.codeLines()).isEqualTo(1);
    assertThat(change.linesWithData()).isZero();
  }
}
