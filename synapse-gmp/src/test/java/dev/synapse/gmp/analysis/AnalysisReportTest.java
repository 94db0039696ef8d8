package dev.synapse.gmp.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnalysisReportTest {
  @TempDir private Path folder;

  @Test
  void isReadAsItIsWritten() throws Exception {
    for (String fixtures : List.of("java", "languages", "python")) {
      Fixtures.copy(fixtures, Files.createDirectory(folder.resolve(fixtures)));
    }
    Files.writeString(folder.resolve("damaged.go"), "\u0000");
    Files.writeString(folder.resolve("a_test.go"), "package a");
    AnalysisReport report =
        SourceAnalysis.analyse(SourceSet.below(folder), new AnalysisOptions(20, List.of()));
    assertThat(report.duplicates().groups()).isNotEmpty();
    assertThat(read(report.toJson())).isEqualTo(report);
  }

  @Test
  void isTheSameForTheSameSources() throws Exception {
    String first = Fixtures.analyse(Fixtures.folder("languages")).toJson();
    Path copy = Fixtures.copy("languages", folder);
    assertThat(Fixtures.analyse(copy).toJson()).isEqualTo(first);
  }

  @Test
  void isOneLineThatNamesItsDefinitions() throws Exception {
    AnalysisReport report =
        Fixtures.of(folder, "a/A.java", "class A {\n  int f() { return 7; }\n}\n");
    assertThat(report.toJson())
        .isEqualTo(
            """
            {"definitions":{"code_duplication":"duplication/1",\
            "cyclomatic_complexity":"cyclomatic-complexity/1","magic_numbers":"magic-numbers/1"},\
            "duplicates":{"groups":[],"minimumTokens":100},\
            "files":[{"code":"1-3","duplicated":"","functions":[["A.f",2,2,1]],"language":"java",\
            "lines":3,"magicNumbers":[[2,20,"7"]],"path":"a/A.java","tokens":13}],\
            "leftOut":[],"notes":[],"unreadable":[],"version":1}
            """);
  }

  @Test
  void addsUpWhatWasMeasured() throws Exception {
    Files.writeString(folder.resolve("a.py"), "# note\nx = 1\n");
    AnalysisReport report = Fixtures.of(folder, "A.java", "class A {\n\n  void f() {}\n}\n");
    assertThat(report.languages())
        .containsExactly(
            new LanguageTotals(Language.JAVA, 1, 4, 3, 10),
            new LanguageTotals(Language.PYTHON, 1, 2, 1, 3));
    assertThat(report.linesOfCode()).isEqualTo(4);
    assertThat(report.duplicatedLines()).isZero();
    assertThat(report.maximumComplexity()).hasValue(1);
  }

  @Test
  void holdsNothingOfAFolderWithoutSources() throws Exception {
    AnalysisReport report = Fixtures.analyse(folder);
    assertThat(report.files()).isEmpty();
    assertThat(report.maximumComplexity()).isEmpty();
    assertThat(read(report.toJson())).isEqualTo(report);
  }

  @Test
  void needsAFolder() {
    assertThatThrownBy(() -> Fixtures.analyse(folder.resolve("none")))
        .hasMessageContaining("is no folder");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"version\":1 | \"version\":2 | version 2, this Synapse reads version 1",
        "\"version\":1 | \"version\":1,\"x\":1 | not in its canonical form",
        "duplication/1 | duplication/2 | not in its canonical form",
        "\"java\" | \"cobol\" | 'cobol' is not known",
        "\"1-3\" | \"1-3,2\" | '1-3,2' is not known",
        "\"1-3\" | \"1-9\" | 'A.java' has 3 lines and 13 tokens, but code on line 9",
        "\"duplicated\":\"\" | \"duplicated\":\"4\" | 'A.java' repeats lines that bear no code",
        "\"lines\":3 | \"lines\":-3 | lines is -3, not a whole number",
        "\"tokens\":13 | \"tokens\":1.5 | tokens is 1.5, not a whole number",
        "[\"A.f\",2,2,1] | [\"A.f\",2,1,1] | function 'A.f' from line 2 to 1 of complexity 1",
        "[\"A.f\",2,2,1] | [7,2,2,1] | name is not text",
        "[[2,20,\"7\"]] | 7 | 'magicNumbers' is not a list",
        "\"minimumTokens\":100 | \"minimumTokens\":0 | duplicates of 0 tokens",
        "{\"definitions\" | {{\"definitions\" | not JSON at column 2",
      })
  void refusesWhatItWouldNotWrite(String part, String damage, String reason) throws Exception {
    String json = Fixtures.of(folder, "A.java", "class A {\n  int f() { return 7; }\n}\n").toJson();
    assertThat(json).contains(part);
    assertThatThrownBy(() -> read(json.replace(part, damage)))
        .isInstanceOfSatisfying(
            AnalysisException.class, thrown -> assertThat(thrown.reason()).isEqualTo(reason));
  }

  @Test
  void refusesAnEmptyFile() {
    assertThatThrownBy(() -> read(""))
        .isInstanceOf(AnalysisException.class)
        .hasMessageEndingWith("report.json is not an analysis: is empty");
  }

  private AnalysisReport read(String json) throws Exception {
    Path file = folder.resolve("report.json");
    Files.writeString(file, json);
    return AnalysisReport.read(file);
  }
}
