package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is no report is refused by name and reason, whatever format it pretends to be.
final class DamagedReportsTest {
  @TempDir Path folder;

  private enum Kind {
    TESTS,
    COVERAGE,
    MUTATIONS
  }

  private MeasuredReports read(Kind kind, byte[] bytes) throws Exception {
    List<Path> file = List.of(Files.write(folder.resolve("a report"), bytes));
    List<Path> none = List.of();
    return Reports.read(
        folder,
        new ReportPaths(
            kind == Kind.TESTS ? file : none,
            kind == Kind.COVERAGE ? file : none,
            kind == Kind.MUTATIONS ? file : none,
            none));
  }

  private String refused(Kind kind, byte[] bytes) {
    ReportException thrown = catchThrowableOfType(ReportException.class, () -> read(kind, bytes));
    assertThat(thrown).as(() -> "%s of %d bytes".formatted(kind, bytes.length)).isNotNull();
    assertThat(thrown).message().startsWith("a report: ").hasLineCount(1);
    return String.valueOf(thrown.getMessage()).substring("a report: ".length());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] fixture(String name) throws Exception {
    return Files.readAllBytes(Fixtures.folder().resolve(name));
  }

  private static Kind kindOf(String fixture) {
    if (fixture.contains("pit")) {
      return Kind.MUTATIONS;
    }
    return fixture.matches(".*(junit|unit|vstest|googletest|surefire).*")
        ? Kind.TESTS
        : Kind.COVERAGE;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | is empty",
        "'\n \n' | is blank",
        "version https://git-lfs.example/spec/v1 | Git LFS pointer",
        "hello | is no report",
        "<html><body>404</body></html> | begins with <html>",
        "<coverage version='1'/> | neither Cobertura nor Clover",
        "not found: 404 | is no report",
        "'PK\u0003\u0004' | is compressed",
        "[1] | is no report",
        "{} | not of coverage.py",
        "{\"files\": 1} | not what coverage.py writes",
        "{\"files\": {\"a.py\": {}}} | without 'executed_lines'",
        "{\"files\": {\"a.py\": {\"executed_lines\": [-1], \"missing_lines\": []}}} | line number"
            + " -1",
        "TN: | holds no source file",
        "'SF:a\nDA:1,1' | is cut off",
        "'SF:a\nSF:b' | before the 'end_of_record'",
        "'SF:a\nDA:x,1\nend_of_record' | not a whole number",
        "'SF:a\nDA:1\nend_of_record' | is cut off",
        "'SF:a\nwhat\nend_of_record' | no record of LCOV",
        "'SF:\nend_of_record' | without a path",
        "'TN:\nend_of_record' | without an 'SF'",
        "'TN:\nDA:1,1' | outside of any source file",
        "'SF:a\nDA:99999999999,1\nend_of_record' | line number 99999999999",
        "'mode: set' | holds no block",
        "'mode: set\na.go:1.1,2.2 1' | no block of a cover profile",
        "'mode: set\na.go:3.1,2.2 1 1' | from line 3 to line 2",
        "<report name='a'><package name='p'><line nr='1' ci='1'/></package></report> | outside of"
            + " any",
        "<report name='a'><package name='p'><sourcefile name='f'><line"
            + " ci='1'/></sourcefile></package></report> | without 'nr'",
        "<coverage"
            + " line-rate='1'><packages><package><classes><class/></classes></package></packages></coverage>"
            + " | without 'filename'",
        "<coverage clover='4'><project><file/></project></coverage> | without 'path'",
      })
  void noCoverageIsReadFrom(String text, String reason) {
    assertThat(refused(Kind.COVERAGE, bytes(text))).contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<test-run><test-case result='What'/></test-run> | result 'What'",
        "<test-run total='2'><test-case result='Passed'/></test-run> | declares 2 all tests but"
            + " holds 1",
        "<assemblies><assembly failed='1'/></assemblies> | declares 1 failed tests but holds 0",
        "<assemblies><test result='?'/></assemblies> | result '?'",
        "<TestRun><Results><UnitTestResult outcome='Odd'/></Results></TestRun> | outcome 'Odd'",
        "<testsuite failures='1'/> | declares 1 failures",
      })
  void noTestsAreReadFrom(String text, String reason) {
    assertThat(refused(Kind.TESTS, bytes(text))).contains(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<mutations><mutation detected='maybe'/></mutations> | neither true nor false",
        "<mutations><mutation detected='true'/></mutations> | without <mutatedClass>",
        "mode: set | is Go cover profile",
        "<testsuite/> | is JUnit XML, a report of tests, not of mutants",
      })
  void noMutantsAreReadFrom(String text, String reason) {
    assertThat(refused(Kind.MUTATIONS, bytes(text))).contains(reason);
  }

  @Test
  void theFormatsThatAreReadAreNamed() {
    assertThat(refused(Kind.COVERAGE, bytes("what is this")))
        .contains("JUnit XML", "TRX", "JaCoCo XML", "LCOV", "Go cover profile", "PIT XML");
  }

  /// A file that was cut off at any of 300 places is refused, unless only blanks at its end went.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "real/surefire-flaky.xml",
        "real/jacoco.xml",
        "real/cobertura-gcovr.xml",
        "real/clover-jest.xml",
        "real/coverage-py.json",
        "real/lcov-gcc.info",
        "real/pit.xml",
        "dialect/nunit3.xml",
        "real/nunit2.xml",
        "dialect/xunit.xml",
        "dialect/vstest.trx",
      })
  void aReportCutOffAnywhereIsRefused(String name) throws Exception {
    byte[] whole = fixture(name);
    int end =
        new String(whole, StandardCharsets.UTF_8)
            .stripTrailing()
            .getBytes(StandardCharsets.UTF_8)
            .length;
    int step = 1 + end / 300;
    for (int length = 0; length < end; length += step) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (name.endsWith(".info") && endsARecord(cut)) {
        continue; // LCOV has no end: what ends with a whole record is whole
      }
      refused(kindOf(name), cut);
    }
  }

  private static boolean endsARecord(byte[] lcov) {
    return new String(lcov, StandardCharsets.UTF_8)
        .strip()
        .matches("(?s).*end_of_record(\\s+TN:)?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "real/surefire-flaky.xml",
        "real/jacoco.xml",
        "real/cobertura-gcovr.xml",
        "real/lcov-gcc.info",
        "real/go-cover.out",
        "real/coverage-py.json",
        "real/pit.xml",
        "dialect/vstest.trx",
      })
  void aByteOrderMarkAndLineEndsOfWindowsChangeNothing(String name) throws Exception {
    String text = new String(fixture(name), StandardCharsets.UTF_8);
    MeasuredReports plain = read(kindOf(name), bytes(text));

    MeasuredReports other = read(kindOf(name), bytes("\uFEFF" + text.replace("\n", "\r\n")));

    assertThat(other.tests()).isEqualTo(plain.tests());
    assertThat(other.coverage()).isEqualTo(plain.coverage());
    assertThat(other.mutations()).isEqualTo(plain.mutations());
    assertThat(other.notes()).isEqualTo(plain.notes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"testsuite", "report", "coverage", "test-run", "mutations"})
  void entitiesAndFilesOutsideAreRefused(String root) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "secret");
    String bomb =
        "<!DOCTYPE %s [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><%s name='&b;'/>"
            .formatted(root, root);
    String outside =
        "<!DOCTYPE %s [<!ENTITY x SYSTEM '%s'>]><%s name='a'>&x;</%s>"
            .formatted(root, secret.toUri(), root, root);
    String undeclared = "<%s name='a' line-rate='1'>&x;</%s>".formatted(root, root);
    for (String text : List.of(bomb, outside, undeclared)) {
      for (Kind kind : Kind.values()) {
        assertThat(refused(kind, bytes(text))).doesNotContain("secret");
      }
    }
  }

  @Test
  void elementsInsideOneAnotherAreBounded() {
    assertThat(refused(Kind.TESTS, bytes("<testsuite>".repeat(200)))).contains("100");
  }

  @Test
  void listsInsideOneAnotherAreBounded() {
    assertThat(refused(Kind.COVERAGE, bytes("{\"a\":" + "[".repeat(1000))))
        .contains("is cut off or not JSON");
  }

  @Test
  void aTagIsBounded() {
    for (String start : List.of("<testsuite name='", "<testsuite><!--", "<testsuite><?a ")) {
      assertThat(refused(Kind.TESTS, bytes(start + "> x ".repeat(3 << 20))))
          .contains("a tag larger than 8 MiB");
    }
  }

  @Test
  void capturedOutputIsOfAnySize() throws Exception {
    String output = "a < b ]] > ' \" -- ?\n".repeat(600_000);
    String report =
        "<testsuite><!-- it's --><?it 's ?><testcase name='a > \"b\"'><system-out><![CDATA["
            + output
            + "]]></system-out></testcase></testsuite>";

    assertThat(read(Kind.TESTS, bytes(report)).tests().orElseThrow().counts().passed())
        .isEqualTo(1);
  }

  @Test
  void aLineIsBounded() {
    assertThat(refused(Kind.COVERAGE, bytes("SF:" + "x".repeat(2 << 20))))
        .contains("line 1: is longer than 1 MiB");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] latin = "SF:\u00e9\nend_of_record\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(refused(Kind.COVERAGE, latin)).isEqualTo("line 1: bytes that are not UTF-8");
  }

  @Test
  void everythingThatIsWrongIsTold() throws Exception {
    Path empty = Files.createFile(folder.resolve("empty"));
    Path text = Files.writeString(folder.resolve("text"), "text");

    ReportException thrown =
        catchThrowableOfType(
            ReportException.class,
            () ->
                Reports.read(
                    folder, new ReportPaths(List.of(empty), List.of(text), List.of(), List.of())));

    assertThat(thrown.problems()).hasSize(2);
    assertThat(thrown).message().contains("empty: is empty").contains("text: is no report");
  }
}
