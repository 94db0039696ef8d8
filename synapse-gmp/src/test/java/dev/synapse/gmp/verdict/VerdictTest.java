package dev.synapse.gmp.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.gmp.Gate;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.report.CoverageModule;
import dev.synapse.gmp.report.CoverageReport;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.report.TestCounts;
import dev.synapse.gmp.report.TestModule;
import dev.synapse.gmp.report.TestReport;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Compliance is measured, exact, and never the same as a warning.
final class VerdictTest {
  private static QualityReport report(long covered, long lines, int passed, int executed) {
    return new QualityReport(
        Optional.of(tests(passed, executed - passed, 0)),
        Optional.of(
            new CoverageReport(
                1,
                List.of(
                    new CoverageModule(
                        "m",
                        Optional.of(new Covered(covered, lines - covered)),
                        Optional.empty())))),
        List.of());
  }

  private static TestReport tests(int passed, int failed, int skipped) {
    return new TestReport(
        1,
        List.of(
            new TestModule(
                "m",
                new TestCounts(passed, failed, 0, skipped, 0),
                Collections.nCopies(failed, "f"),
                Collections.nCopies(skipped, "s"))));
  }

  @ParameterizedTest
  @CsvSource({
    "BOOTSTRAP, 65, 0.80, 10, 0.25, 15",
    "GROWTH, 80, 0.90, 5, 0.15, 12",
    "STABILIZE, 90, 0.95, 2, 0.10, 10",
    "STRICT, 93, 1.00, 0, 0.05, 8"
  })
  void everyStageAsksWhatTheCatalogueSays(
      Stage stage, String coverage, String rate, String magic, String twice, String complexity) {
    assertThat(stage.limit(Metric.TEST_COVERAGE)).isEqualTo(coverage);
    assertThat(stage.limit(Metric.TEST_PASS_RATE)).isEqualTo(rate);
    assertThat(stage.limit(Metric.MAGIC_NUMBERS)).isEqualTo(magic);
    assertThat(stage.limit(Metric.CODE_DUPLICATION)).isEqualTo(twice);
    assertThat(stage.limit(Metric.CYCLOMATIC_COMPLEXITY)).isEqualTo(complexity);
  }

  @ParameterizedTest
  @EnumSource(Stage.class)
  void aValueEqualToItsLimitComplies(Stage stage) {
    int coverage = stage.limit(Metric.TEST_COVERAGE).intValueExact();
    int rate = stage.limit(Metric.TEST_PASS_RATE).movePointRight(2).intValueExact();

    assertThat(Gate.verify(report(coverage, 100, rate, 100), stage, Mode.STRICT).compliant())
        .isTrue();
    assertThat(
            Gate.verify(report(coverage * 1000L - 1, 100_000, rate, 100), stage, Mode.STRICT)
                .compliant())
        .isFalse();
    assertThat(
            Gate.verify(report(100, 100, rate * 1000 - 1, 100_000), stage, Mode.STRICT).compliant())
        .isFalse();
  }

  @Test
  void aValueBelowItsLimitNeverShowsAsTheLimit() {
    for (long covered : new long[] {79_996, 79_999}) {
      Verdict verdict =
          Gate.verify(report(covered, 100_000, 899_999, 1_000_000), Stage.GROWTH, Mode.STRICT);

      assertThat(verdict.toText(false)).contains("79.99 %").doesNotContain("80.0");
      assertThat(verdict.toText(false)).contains(" 0.8999  ");
      assertThat(verdict.toJson()).contains("\"value\": 79.99" + covered % 10);
      assertThat(verdict.compliant()).isFalse();
    }
    Verdict finer = Gate.verify(report(79_999_999, 100_000_000, 9, 10), Stage.GROWTH, Mode.STRICT);
    assertThat(finer.toJson()).contains("\"value\": 79.9999, \"limit\": 80, \"met\": false");
  }

  @Test
  void theGateObjectStaysAsItIs() {
    assertThat(Gate.verify(report(841, 1000, 19, 20), Stage.GROWTH, Mode.STRICT).toJson())
        .isEqualTo(
            """
            {"stage": "growth", "mode": "strict", "compliant": true, "limits": [\
            {"metric": "test_coverage", "value": 84.1, "limit": 80, "met": true}, \
            {"metric": "test_pass_rate", "value": 0.95, "limit": 0.9, "met": true}, \
            {"metric": "magic_numbers", "value": null, "limit": 5, "met": null}, \
            {"metric": "code_duplication", "value": null, "limit": 0.15, "met": null}, \
            {"metric": "cyclomatic_complexity", "value": null, "limit": 12, "met": null}]}\
            """);
  }

  @Test
  void theTextStaysAsItIs() {
    assertThat(Gate.verify(report(799, 1000, 19, 20), Stage.GROWTH, Mode.STRICT).toText(false))
        .isEqualTo(
            """
            REJECTED: not compliant, stage growth, mode strict
              metric                 value    limit    scope    distance      met           definition
              test_coverage          79.90 %  >= 80 %  project  1 line short  NOT MET       line-coverage/1
              test_pass_rate         0.9500   >= 0.9   project  1 test over   met           case-pass-rate/1
              magic_numbers          -        <= 5     project  -             not measured  magic-numbers/1
              code_duplication       -        <= 0.15  project  -             not measured  duplication/1
              cyclomatic_complexity  -        <= 12    project  -             not measured  cyclomatic-complexity/1
            """);
  }

  @Test
  void threeOutcomesReadDifferently() {
    QualityReport good = report(100, 100, 10, 10);
    QualityReport poor = report(21, 100, 13, 14);

    assertThat(Gate.verify(good, Stage.STRICT, Mode.WARN).disposition())
        .isEqualTo(Disposition.RELEASED);
    assertThat(Gate.verify(good, Stage.STRICT, Mode.STRICT).disposition())
        .isEqualTo(Disposition.RELEASED);
    Verdict warned = Gate.verify(poor, Stage.BOOTSTRAP, Mode.WARN);
    Verdict refused = Gate.verify(poor, Stage.BOOTSTRAP, Mode.STRICT);
    assertThat(warned.disposition()).isEqualTo(Disposition.RELEASED_WITH_DEVIATIONS);
    assertThat(refused.disposition()).isEqualTo(Disposition.REJECTED);
    assertThat(warned.compliant()).isFalse();
    assertThat(warned.toText(false)).startsWith("RELEASED WITH DEVIATIONS: not compliant");
    assertThat(refused.toText(false)).startsWith("REJECTED: not compliant");
    assertThat(Disposition.RELEASED_WITH_DEVIATIONS.id()).isEqualTo("released with deviations");
  }

  @Test
  void whatWasNotMeasuredIsNoPass() {
    QualityReport nothing = new QualityReport(Optional.empty(), Optional.empty(), List.of());
    QualityReport noLines =
        new QualityReport(
            Optional.of(tests(1, 0, 0)), Optional.of(new CoverageReport(1, List.of())), List.of());
    QualityReport noneRan =
        new QualityReport(Optional.of(tests(0, 0, 5)), report(1, 1, 1, 1).coverage(), List.of());
    QualityReport zeroLines = report(0, 0, 1, 1);

    for (QualityReport report : List.of(nothing, noLines, noneRan, zeroLines)) {
      assertThat(Gate.verify(report, Stage.BOOTSTRAP, Mode.STRICT).disposition())
          .isEqualTo(Disposition.REJECTED);
      assertThat(Gate.verify(report, Stage.BOOTSTRAP, Mode.WARN).disposition())
          .isEqualTo(Disposition.RELEASED_WITH_DEVIATIONS);
    }
    assertThat(Gate.verify(noneRan, Stage.BOOTSTRAP, Mode.STRICT).toText(false))
        .contains("note: no test was executed", "note: 5 tests skipped");
  }

  @Test
  void aShareOutsideOfItsRangeCannotBe() {
    assertThatThrownBy(() -> new Measurement(95, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Measurement(250, 100, 100))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Measurement(-1, 100, 100))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Measurement(0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void notesOfOthersDoNotReachTheTerminalRaw() {
    QualityReport report =
        new QualityReport(Optional.empty(), Optional.empty(), List.of("a\u001b[2Jb\nc"));

    assertThat(Gate.verify(report, Stage.GROWTH, Mode.WARN).toText(false))
        .contains("note: a?[2Jb?c\n");
  }

  @Test
  void colourOnlyRepeatsTheWords() {
    Verdict verdict = Gate.verify(report(79, 100, 10, 10), Stage.GROWTH, Mode.STRICT);

    assertThat(verdict.toText(true)).contains("\u001b[31mREJECTED\u001b[0m");
    assertThat(verdict.toText(true).replaceAll("\u001b\\[[0-9]+m", ""))
        .isEqualTo(verdict.toText(false));
  }

  @Test
  void theHighestStageMetIsRecommendedAndWhatBlocksTheNext() {
    assertThat(Gate.recommend(report(850, 1000, 100, 100)).toText())
        .isEqualTo("recommended stage: growth; stabilize needs test_coverage (50 lines short)");
    assertThat(Gate.recommend(report(100, 100, 7, 10)).toText())
        .isEqualTo("recommended stage: none; bootstrap needs test_pass_rate (1 test short)");
    assertThat(Gate.recommend(report(93, 100, 5, 5)).toText())
        .isEqualTo("recommended stage: strict");
    assertThat(
            Gate.recommend(new QualityReport(Optional.empty(), Optional.empty(), List.of()))
                .toText())
        .isEqualTo(
            "recommended stage: none; bootstrap needs test_coverage (not measured), "
                + "test_pass_rate (not measured)");
  }
}
