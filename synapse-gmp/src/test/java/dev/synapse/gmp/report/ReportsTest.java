package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What tools wrote is read as the tools, or independent ones, read it: `real/README.md` says
/// which.
final class ReportsTest {
  @ParameterizedTest
  @CsvSource({
    "real/surefire-flaky.xml, JUnit XML, 2, 1, 0, 1, 1, 2",
    "real/pytest.xml, JUnit XML, 3, 1, 2, 2, 0, 1",
    "real/jest.xml, JUnit XML, 5, 1, 0, 1, 0, 2",
    "real/gotestsum.xml, JUnit XML, 3, 2, 0, 1, 0, 0",
    "real/phpunit.xml, JUnit XML, 3, 1, 2, 2, 0, 0",
    "real/googletest.xml, JUnit XML, 5, 1, 0, 2, 0, 1",
    "real/gradle.xml, JUnit XML, 1, 2, 0, 2, 0, 0",
    "real/gradle-broken.xml, JUnit XML, 0, 1, 0, 0, 0, 0",
    "real/go-junit-report.xml, JUnit XML, 2, 3, 1, 1, 0, 0",
    "real/scalatest.xml, JUnit XML, 1, 2, 0, 3, 0, 0",
    "real/scalatest-aborted.xml, JUnit XML, 0, 0, 1, 0, 0, 0",
    "real/vitest.xml, JUnit XML, 4, 4, 0, 3, 0, 0",
    "real/nunit2.xml, NUnit 2 XML, 2, 2, 2, 3, 0, 0",
    "dialect/gradle-retry.xml, JUnit XML, 2, 2, 0, 1, 0, 0",
    "dialect/nextest.xml, JUnit XML, 2, 1, 0, 1, 1, 0",
    "dialect/bazel.xml, JUnit XML, 0, 0, 1, 0, 0, 0",
    "dialect/nunit3.xml, NUnit 3 XML, 2, 1, 1, 3, 0, 0",
    "dialect/xunit.xml, xUnit v2 XML, 2, 1, 1, 1, 0, 0",
    "dialect/vstest.trx, TRX, 2, 1, 1, 1, 0, 0",
    "dialect/trx-run-aborted.trx, TRX, 1, 0, 1, 0, 0, 0",
  })
  void casesAreCounted(
      String file,
      String format,
      int passed,
      int failed,
      int errors,
      int skipped,
      int flaky,
      int notes)
      throws Exception {
    MeasuredReports read = Fixtures.tests(file);

    assertThat(read.tests().orElseThrow().counts())
        .isEqualTo(new TestCounts(passed, failed, errors, skipped, flaky));
    assertThat(read.files()).extracting(ReportFile::format).containsExactly(format);
    assertThat(read.notes()).as("%s", read.notes()).hasSize(notes);
  }

  @ParameterizedTest
  @CsvSource({
    "real/jacoco.xml, JaCoCo XML, 5, 9, 4, 6, 0",
    "real/cobertura-coverage-py.xml, Cobertura XML, 12, 13, 7, 8, 0",
    "real/cobertura-gcovr.xml, Cobertura XML, 4, 9, 6, 8, 0",
    "real/cobertura-jest.xml, Cobertura XML, 4, 5, 5, 8, 0",
    "real/cobertura-phpunit.xml, Cobertura XML, 3, 4, 0, 0, 0",
    "real/cobertura-gcovr-7.xml, Cobertura XML, 10, 13, 8, 11, 0",
    "real/cobertura-nyc.xml, Cobertura XML, 16, 17, 5, 6, 0",
    "real/lcov-gcovr.info, LCOV, 10, 13, 8, 11, 0",
    "real/lcov-gcc.info, LCOV, 4, 9, 6, 8, 0",
    "real/lcov-jest.info, LCOV, 4, 5, 5, 8, 0",
    "real/lcov-coverage-py.info, LCOV, 15, 16, 7, 8, 1",
    "real/coverage-py.json, coverage.py JSON, 14, 15, 7, 8, 2",
    "real/clover-jest.xml, Clover XML, 4, 5, 5, 8, 0",
    "real/clover-openclover.xml, Clover XML, 7, 8, 5, 6, 0",
    "real/clover-phpunit.xml, Clover XML, 3, 4, 0, 0, 0",
    "real/go-cover.out, Go cover profile, 12, 13, 0, 0, 0",
    "dialect/cobertura-tarpaulin.xml, Cobertura XML, 2, 3, 0, 0, 0",
    "dialect/cobertura-coverlet.xml, Cobertura XML, 3, 4, 1, 2, 1",
    "dialect/cobertura-methods-only.xml, Cobertura XML, 1, 2, 1, 2, 0",
    "dialect/cobertura-root-branches.xml, Cobertura XML, 1, 2, 0, 0, 1",
    "dialect/lcov-llvm-windows.info, LCOV, 2, 3, 1, 2, 2",
    "dialect/jacoco-groups.xml, JaCoCo XML, 1, 3, 0, 2, 0",
  })
  void linesAndBranchesAreCounted(
      String file, String format, int lines, int allLines, int branches, int allBranches, int notes)
      throws Exception {
    MeasuredReports read = Fixtures.coverage(file);
    LineReport coverage = read.coverage().orElseThrow();

    assertThat(coverage.lines()).contains(new Covered(lines, allLines - lines));
    assertThat(coverage.branches())
        .isEqualTo(
            allBranches == 0
                ? Optional.empty()
                : Optional.of(new Covered(branches, allBranches - branches)));
    assertThat(read.files()).extracting(ReportFile::format).containsExactly(format);
    assertThat(read.notes()).as("%s", read.notes()).hasSize(notes);
  }

  @Test
  void goCountsStatementsAndADuplicateBlockOnce() throws Exception {
    assertThat(Fixtures.coverage("real/go-cover.out").coverage().orElseThrow().statements())
        .contains(new Covered(8, 1));
  }

  @Test
  void mutantsAreScoredAsPitScoresThem() throws Exception {
    MutationReport mutants = Fixtures.mutations("real/pit.xml").mutations().orElseThrow();

    assertThat(mutants.score()).contains(new Covered(6, 10));
    assertThat(mutants.mutants())
        .filteredOn(mutant -> mutant.status().equals("NO_COVERAGE"))
        .extracting(Mutant::method)
        .containsOnly("never");
  }

  @Test
  void eachLineIsKnown() throws Exception {
    List<FileCoverage> files =
        Fixtures.coverage("real/jacoco.xml").coverage().orElseThrow().files();

    assertThat(files)
        .extracting(FileCoverage::path)
        .containsExactly("fx/Calc.java", "fx/Trivial.java");
    FileCoverage calc = files.getFirst();
    assertThat(calc.packageName()).isEqualTo("fx");
    assertThat(calc.line(5)).contains(new LineCoverage(5, 1, 3, 4));
    assertThat(calc.line(5).orElseThrow().partly()).isTrue();
    assertThat(calc.line(12)).contains(new LineCoverage(12, 0, 0, 0));
    assertThat(calc.line(4)).isEmpty();
    assertThat(calc.size()).isEqualTo(7);
  }

  @Test
  void aDisagreeingTotalIsTold() throws Exception {
    assertThat(Fixtures.coverage("real/lcov-coverage-py.info").notes())
        .containsExactly(
            "real/lcov-coverage-py.info: declares by file 15 of 13 lines covered, holds 15 of 16");
    assertThat(Fixtures.tests("real/pytest.xml").notes())
        .containsExactly("real/pytest.xml: suite 'pytest' declares 9 tests, holds 8");
  }

  @Test
  void aReportWithoutLinesHasNoData() throws Exception {
    MeasuredReports read = Fixtures.coverage("dialect/jacoco-no-lines.xml");

    assertThat(read.coverage().orElseThrow().lines()).isEmpty();
    assertThat(read.coverage().orElseThrow().branches()).isEmpty();
    assertThat(read.notes())
        .containsExactly(
            "dialect/jacoco-no-lines.xml: declares 9 of 10 lines covered, holds 0 of 0",
            "dialect/jacoco-no-lines.xml: has no line data");
  }

  @Test
  void aModuleBesideAReportOfAllModulesCountsOnce() throws Exception {
    MeasuredReports read =
        Fixtures.coverage("dialect/jacoco-groups.xml", "dialect/jacoco-alone.xml");

    assertThat(read.coverage().orElseThrow().lines()).contains(new Covered(2, 1));
    assertThat(read.coverage().orElseThrow().modules())
        .extracting(CoverageModule::name)
        .containsExactly("fx-app", "other");
    assertThat(read.notes()).singleElement().asString().contains("counted once");
  }

  @Test
  void theSameBytesCountOnce() throws Exception {
    MeasuredReports read = Fixtures.tests("real/pytest.xml", "good/pytest-teardown.xml");

    assertThat(read.tests().orElseThrow().files()).isEqualTo(1);
    assertThat(read.tests().orElseThrow().counts().executed()).isEqualTo(6);
    assertThat(read.notes())
        .contains("real/pytest.xml: the same bytes as good/pytest-teardown.xml, counted once");
  }

  @Test
  void aWindowsPathIsWrittenWithSlashes() throws Exception {
    assertThat(Fixtures.coverage("dialect/lcov-llvm-windows.info").coverage().orElseThrow().files())
        .extracting(FileCoverage::path)
        .containsExactly("C:/build/app/src/lib.rs");
    assertThat(Fixtures.coverage("dialect/cobertura-coverlet.xml").coverage().orElseThrow().files())
        .extracting(FileCoverage::path)
        .containsExactly("src/Calc.cs");
  }

  @Test
  void whatFailedIsNamedByItsClass() throws Exception {
    assertThat(Fixtures.tests("dialect/vstest.trx").tests().orElseThrow().modules())
        .singleElement()
        .satisfies(
            module -> {
              assertThat(module.failures())
                  .containsExactly("App.CalcTests.Fails", "App.CalcTests.Rows (2)");
              assertThat(module.skippedTests()).containsExactly("App.CalcTests.Later");
            });
  }

  @Test
  void whatIsNotNamedIsNotMeasured() throws Exception {
    MeasuredReports none = Fixtures.tests();

    assertThat(none.tests()).isEmpty();
    assertThat(none.coverage()).isEmpty();
    assertThat(none.mutations()).isEmpty();
  }

  @Test
  void totalsAreAReportOfABuild() throws Exception {
    QualityReport totals = Fixtures.coverage("dialect/jacoco-groups.xml").totals();

    assertThat(totals.toJson())
        .isEqualTo(
            """
            {"coverage":{"branches":{"covered":0,"missed":2},"files":1,\
            "lines":{"covered":1,"missed":2},\
            "modules":[{"branches":null,"lines":{"covered":1,"missed":1},"name":"fx-app"},\
            {"branches":{"covered":0,"missed":2},"lines":{"covered":0,"missed":1},"name":"other"}]},\
            "notes":[],"tests":null,"version":1}
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "real/jacoco.xml, 'is JaCoCo XML, a report of coverage, not of tests'",
    "real/lcov-jest.info, 'is LCOV, a report of coverage, not of tests'",
    "real/pit.xml, 'is PIT XML, a report of mutants, not of tests'",
  })
  void aReportOfAnotherKindIsRefused(String file, String reason) {
    assertThatThrownBy(() -> Fixtures.tests(file))
        .isInstanceOf(ReportException.class)
        .message()
        .startsWith(file + ": ")
        .endsWith(reason);
  }
}
