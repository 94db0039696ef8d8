package dev.synapse.gmp.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is found in the languages whose functions are read from tokens alone; each line of
/// `expected.txt` was counted by hand.
final class LanguagesTest {
  @TempDir private Path folder;

  @Test
  void findsFunctionsAndNumbersInEveryLanguage() throws Exception {
    AnalysisReport report = Fixtures.analyse(Fixtures.folder("languages"));
    List<String> found = new ArrayList<>(Fixtures.functions(report));
    found.addAll(Fixtures.numbers(report));
    assertThat(report.files()).extracting(SourceFile::language).doesNotHaveDuplicates().hasSize(7);
    assertThat(found)
        .containsExactlyElementsOf(
            Files.readAllLines(Fixtures.folder("languages").resolve("expected.txt")));
    assertThat(report.notes()).isEmpty();
  }

  @Test
  void readsNoCodeInTexts() throws Exception {
    AnalysisReport report =
        Fixtures.of(folder, "a.kt", "fun f(): String { return \"42 ${if (x) 43 else \"a\"} if\" }");
    assertThat(Fixtures.functions(report)).containsExactly("F a.kt 1 1 1 f");
    assertThat(report.magicNumbers()).isEmpty();
  }

  @Test
  void saysThatABracketIsOpen() throws Exception {
    AnalysisReport report = Fixtures.of(folder, "a.go", "func f() { if x {");
    assertThat(report.notes())
        .containsExactly("a.go: a bracket is not closed, what is in it may not be counted");
  }

  @Test
  void saysThatABracketWasNotOpen() throws Exception {
    AnalysisReport report = Fixtures.of(folder, "A.java", "class A { void f() {} } }");
    assertThat(report.notes()).containsExactly("A.java: line 1 closes a bracket that is not open");
    assertThat(report.functions()).hasSize(1);
  }

  @Test
  void findsFunctionsInsideCommentsThatTurnCpdOff() throws Exception {
    AnalysisReport report =
        Fixtures.of(
            folder,
            "A.java",
            "class A {\n// CPD-OFF\nvoid f() { g(77); }\n// CPD-ON\nvoid h() {}\n}");
    assertThat(Fixtures.functions(report))
        .containsExactly("F A.java 3 3 1 A.f", "F A.java 5 5 1 A.h");
    assertThat(Fixtures.numbers(report)).containsExactly("M A.java 3 14 77");
  }
}
