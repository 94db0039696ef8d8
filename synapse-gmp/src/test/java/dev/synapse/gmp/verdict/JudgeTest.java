package dev.synapse.gmp.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.gmp.Gate;
import dev.synapse.gmp.analysis.Unreadable;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.policy.Unit;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.waiver.Waiver;
import dev.synapse.gmp.waiver.Waivers;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Scopes, modules, the ratchet, waivers and promotion.
final class JudgeTest {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
  private static final Evidence ALL = Samples.evidence(Optional.empty());

  @TempDir private Path folder;

  private GateResult judge(String policy, Evidence evidence, Circumstances circumstances)
      throws Exception {
    Policy read = Samples.policy(folder, policy);
    return Gate.judge(
        read, read.stage("growth").orElseThrow(), Mode.STRICT, evidence, circumstances);
  }

  private GateResult judge(String policy) throws Exception {
    return judge(policy, ALL, Circumstances.NONE);
  }

  private static String row(GateResult result, Metric metric, Scope scope) {
    LimitCheck check =
        result.verdict().limits().stream()
            .filter(each -> each.metric() == metric && each.limit().scope() == scope)
            .findFirst()
            .orElseThrow();
    return "%s, %s"
        .formatted(check.value().map(Object::toString).orElse("-"), VerdictText.result(check));
  }

  @Test
  void whatSourcesSayIsMeasuredAndRequiredOnceTheyAreDeclared() throws Exception {
    GateResult result = judge("");
    assertThat(row(result, Metric.MAGIC_NUMBERS, Scope.PROJECT)).isEqualTo("2, met");
    assertThat(row(result, Metric.CODE_DUPLICATION, Scope.PROJECT)).isEqualTo("0.1, met");
    assertThat(row(result, Metric.CYCLOMATIC_COMPLEXITY, Scope.PROJECT)).isEqualTo("12, met");
    assertThat(row(result, Metric.TEST_COVERAGE, Scope.PROJECT)).isEqualTo("78, NOT MET");
    GateResult strict =
        Gate.judge(Policy.builtIn(), Stage.STRICT.limits(), Mode.STRICT, ALL, Circumstances.NONE);
    assertThat(strict.verdict().obstacles())
        .isEqualTo(
            "test_coverage (15 lines short), test_pass_rate (2 tests short), magic_numbers (2"
                + " numbers too many), code_duplication (2 lines too many), cyclomatic_complexity"
                + " (4 decisions too many)");
  }

  @Test
  void aSourceFileThatCannotBeReadIsNoPass() throws Exception {
    var broken =
        new Evidence(
            Samples.report(),
            List.of(),
            Optional.of(Samples.analysis(new Unreadable("core/src/C.java", "no text"))),
            Optional.empty(),
            Optional.empty(),
            BuildFacts.NONE);
    GateResult result = judge("", broken, Circumstances.NONE);
    assertThat(row(result, Metric.MAGIC_NUMBERS, Scope.PROJECT)).isEqualTo("-, not measured");
    assertThat(result.verdict().toText(false))
        .contains("magic_numbers: 'core/src/C.java' could not be read: no text");
    assertThat(result.verdict().blocking()).hasSize(4);
  }

  @Test
  void densitiesAndSharesScaleWithTheProject() throws Exception {
    GateResult result =
        judge(
            """
            [stages.growth]
            magic_numbers = { limit = 50, scope = "per-kloc" }
            cyclomatic_complexity = { limit = 0.5, scope = "share", over = 10 }
            """);
    assertThat(row(result, Metric.MAGIC_NUMBERS, Scope.PER_KLOC)).isEqualTo("50, met");
    assertThat(row(result, Metric.CYCLOMATIC_COMPLEXITY, Scope.SHARE)).isEqualTo("0.5, met");
    assertThat(
            row(
                judge("[stages.growth]\nmagic_numbers = {limit = 49.9, scope = \"per-kloc\"}"),
                Metric.MAGIC_NUMBERS,
                Scope.PER_KLOC))
        .isEqualTo("50, NOT MET");
  }

  @Test
  void allOtherMetricsAreMeasuredWhereTheirDataIs() throws Exception {
    String policy =
        """
        [stages.growth]
        branch_coverage = 70
        mutation_score = 60
        skipped_share = 0.04
        flaky_tests = 2
        closure_size = "1 kB"
        reproducible = true
        sbom_findings = 0
        """;
    GateResult result = judge(policy);
    assertThat(row(result, Metric.BRANCH_COVERAGE, Scope.PROJECT)).isEqualTo("75, met");
    assertThat(row(result, Metric.MUTATION_SCORE, Scope.PROJECT)).isEqualTo("60, met");
    assertThat(row(result, Metric.SKIPPED_SHARE, Scope.PROJECT)).isEqualTo("0.0476, NOT MET");
    assertThat(row(result, Metric.FLAKY_TESTS, Scope.PROJECT)).isEqualTo("2, met");
    assertThat(row(result, Metric.CLOSURE_SIZE, Scope.PROJECT)).isEqualTo("-, not measured");
    assertThat(row(result, Metric.REPRODUCIBLE, Scope.PROJECT)).isEqualTo("-, not measured");
    assertThat(row(result, Metric.SBOM_FINDINGS, Scope.PROJECT)).isEqualTo("-, not measured");
    assertThat(result.verdict().blocking()).hasSize(5);
    var facts =
        new BuildFacts(
            Optional.of(1001L), Optional.of(false), Optional.of(Samples.vulnerabilities()));
    GateResult known =
        judge(
            policy,
            new Evidence(
                ALL.report(), ALL.lines(), ALL.analysis(), ALL.mutants(), ALL.change(), facts),
            Circumstances.NONE);
    assertThat(row(known, Metric.CLOSURE_SIZE, Scope.PROJECT)).isEqualTo("1001, NOT MET");
    assertThat(row(known, Metric.REPRODUCIBLE, Scope.PROJECT)).isEqualTo("0, NOT MET");
    assertThat(row(known, Metric.SBOM_FINDINGS, Scope.PROJECT)).isEqualTo("3, NOT MET");
  }

  @Test
  void aVulnerabilityThatIsAnsweredDoesNotCountAndOneThatCouldNotBeLookedUpIsNoPass()
      throws Exception {
    String policy = "[stages.growth]\nsbom_findings = 2\n";
    KnownVulnerabilities known = Samples.vulnerabilities();
    GateResult open = judge(policy, Samples.with(ALL, known), Circumstances.NONE);
    assertThat(row(open, Metric.SBOM_FINDINGS, Scope.PROJECT)).isEqualTo("3, NOT MET");
    assertThat(open.verdict().notes()).contains("4 components were looked up");
    String fingerprint = open.vulnerabilities().getFirst().fingerprint();
    assertThat(open.toText(false))
        .contains(
            "vulnerability %s: GHSA-jfh8-c2jp-5v3q (CVE-2021-44228) in".formatted(fingerprint)
                + " pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1, severity CRITICAL, fixed"
                + " in 2.15.0\n",
            ": X-1 in an unnamed component, severity unknown, no fixed version known\n",
            ": X-2 in <zlib> 1.3, severity low, no fixed version known (waiver VEX a.json:"
                + " not_affected, not called)\n");

    GateResult waived =
        judge(
            policy,
            Samples.with(ALL, known),
            with(waiver("W", new Waiver.Target.OfFinding(fingerprint), DAY)));
    assertThat(row(waived, Metric.SBOM_FINDINGS, Scope.PROJECT)).isEqualTo("2, met");
    assertThat(waived.vulnerabilities().getFirst().waiver()).contains("W");

    var unsure = new KnownVulnerabilities(List.of(), List.of("a", "b", "c", "d"), List.of());
    GateResult unknown = judge(policy, Samples.with(ALL, unsure), Circumstances.NONE);
    assertThat(row(unknown, Metric.SBOM_FINDINGS, Scope.PROJECT)).isEqualTo("-, not measured");
    assertThat(unknown.verdict().toText(false))
        .contains("0 known, and 4 components could not be looked up: a, b, c, ...");
    var many = new KnownVulnerabilities(known.all(), List.of("a"), List.of());
    assertThat(
            row(
                judge(policy, Samples.with(ALL, many), Circumstances.NONE),
                Metric.SBOM_FINDINGS,
                Scope.PROJECT))
        .isEqualTo("3, NOT MET");
  }

  @Test
  void aWarningDoesNotBlock() throws Exception {
    GateResult result =
        judge(
            """
            [stages.growth]
            test_coverage = { limit = 80, severity = "warning" }
            """);
    assertThat(row(result, Metric.TEST_COVERAGE, Scope.PROJECT)).isEqualTo("78, NOT MET");
    assertThat(result.verdict().compliant()).isTrue();
  }

  @Test
  void aStatementThatWasChangedCountsWholeAndLinesWithoutDataAreCounted() throws Exception {
    Evidence changed = Samples.evidence(Optional.of(Samples.change(folder)));
    String policy =
        """
        [stages.growth]
        test_coverage = { limit = 50, scope = "changed" }
        branch_coverage = { limit = 75, scope = "changed" }
        magic_numbers = { limit = 0, scope = "changed" }
        code_duplication = { limit = 0.5, scope = "changed" }
        cyclomatic_complexity = { limit = 3, scope = "changed" }
        """;
    GateResult result = judge(policy, changed, Circumstances.NONE);
    // Line 4 belongs to the condition that begins on line 3, which ran; line 5 did not.
    assertThat(row(result, Metric.TEST_COVERAGE, Scope.CHANGED)).isEqualTo("50, met");
    assertThat(row(result, Metric.BRANCH_COVERAGE, Scope.CHANGED)).isEqualTo("75, met");
    assertThat(row(result, Metric.MAGIC_NUMBERS, Scope.CHANGED)).isEqualTo("1, NOT MET");
    assertThat(row(result, Metric.CODE_DUPLICATION, Scope.CHANGED)).isEqualTo("0.5, met");
    assertThat(row(result, Metric.CYCLOMATIC_COMPLEXITY, Scope.CHANGED)).isEqualTo("3, met");
    assertThat(row(result, Metric.CHANGED_DATA, Scope.CHANGED)).isEqualTo("1, met");
    assertThat(result.verdict().notes()).contains("of 2 changed lines of code 2 have data");
  }

  @Test
  void tooFewChangedLinesWithDataFail() throws Exception {
    Change change = Samples.change(folder);
    ChangedFile file = change.files().getFirst();
    var unknown =
        new ChangedFile(
            file.path(),
            file.code(),
            dev.synapse.gmp.analysis.LineSet.none(),
            dev.synapse.gmp.analysis.LineSet.none(),
            dev.synapse.gmp.analysis.LineSet.none());
    GateResult result =
        judge(
            "[stages.growth]\ntest_coverage = { limit = 50, scope = \"changed\" }",
            Samples.evidence(Optional.of(new Change(change.lines(), List.of(unknown)))),
            Circumstances.NONE);
    assertThat(row(result, Metric.CHANGED_DATA, Scope.CHANGED)).isEqualTo("0, NOT MET");
    assertThat(row(result, Metric.TEST_COVERAGE, Scope.CHANGED)).isEqualTo("-, not measured");
  }

  @Test
  void aChangeOfNoSourceHasNothingToJudgeAndNoChangeIsMissingData() throws Exception {
    String policy = "[stages.growth]\ntest_coverage = { limit = 50, scope = \"changed\" }";
    Change nothing = new Change(Samples.change(folder).lines(), List.of());
    GateResult result = judge(policy, Samples.evidence(Optional.of(nothing)), Circumstances.NONE);
    assertThat(row(result, Metric.TEST_COVERAGE, Scope.CHANGED)).isEqualTo("-, no change");
    assertThat(result.verdict().compliant()).isTrue();
    GateResult undeclared = judge(policy);
    assertThat(undeclared.verdict().compliant()).isFalse();
    assertThat(undeclared.verdict().toText(false)).contains("what changed was not declared");
  }

  @Test
  void eachModuleHasItsOwnLimitsAndOneThatIsNotThereFails() throws Exception {
    GateResult result =
        judge(
            """
            [[modules]]
            name = "*"
            test_coverage = 80
            magic_numbers = 1
            cyclomatic_complexity = 10
            [[modules]]
            name = "cli"
            test_pass_rate = 1
            """);
    assertThat(result.verdict().limits().stream().filter(LimitCheck::blocks).map(Verdict::shown))
        .containsExactly(
            "test_coverage (2 lines short)",
            "test_coverage, module web (4 lines short)",
            "cyclomatic_complexity, module web (2 decisions too many)",
            "test_pass_rate, module cli (not measured)");
    assertThat(result.verdict().toText(false)).contains("no module is called 'cli'");
  }

  private static PastRecord past(Optional<String> revision, Measurement coverage) {
    return new PastRecord(
        "r",
        revision,
        new TreeMap<>(
            Map.of(
                "test_coverage", new PastRecord.Figure(coverage, "line-coverage/1"),
                "test_pass_rate",
                    new PastRecord.Figure(new Measurement(38, 40, 1), "case-pass-rate/1"))));
  }

  private static Circumstances before(Optional<String> revision, Measurement coverage) {
    return new Circumstances(
        Optional.empty(),
        Waivers.NONE,
        Optional.of(past(revision, coverage)),
        List.of(),
        "built-in");
  }

  @Test
  void theRatchetLetsNothingGetWorseButByItsTolerance() throws Exception {
    var better = new Measurement(7801, 10_000, 100);
    assertThat(row("[ratchet]", better)).isEqualTo("NOT MET");
    assertThat(row("[ratchet]", new Measurement(78, 100, 100))).isEqualTo("met");
    assertThat(row("[ratchet]\ntolerance = { test_coverage = 0.01 }", better)).isEqualTo("met");
    assertThat(row("[ratchet]", new Measurement(2, 3, 100))).isEqualTo("met");
    assertThat(row("[ratchet]\nmetrics = [\"test_pass_rate\"]", better)).isEqualTo("none");
  }

  private String row(String policy, Measurement coverage) throws Exception {
    return judge(policy, ALL, before(Optional.empty(), coverage)).verdict().limits().stream()
        .filter(check -> check.subject().origin() == Subject.Origin.RATCHET)
        .filter(check -> check.metric() == Metric.TEST_COVERAGE)
        .map(VerdictText::result)
        .findFirst()
        .orElse("none");
  }

  @Test
  void withoutABaselineTheRatchetFailsAndAStaleOneIsSaid() throws Exception {
    assertThat(judge("[ratchet]").verdict().obstacles())
        .contains("test_coverage, baseline (not measured)");
    var same = new Measurement(78, 100, 100);
    var base = RatchetChecks.staleness(Optional.of(past(Optional.of("b"), same)), Optional.of("c"));
    assertThat(base).contains("the baseline is stale: it is of b, the change starts from c");
    assertThat(RatchetChecks.staleness(Optional.of(past(Optional.of("c"), same)), Optional.of("c")))
        .isEmpty();
    assertThat(RatchetChecks.staleness(Optional.of(past(Optional.empty(), same)), Optional.of("c")))
        .isPresent();
  }

  private static Waiver waiver(String id, Waiver.Target target, LocalDate expires) {
    return new Waiver(id, target, new Waiver.Grounds("why", "risk", "ann", "bea"), expires);
  }

  private static Circumstances with(Waiver... waivers) {
    return new Circumstances(
        Optional.empty(),
        new Waivers(List.of(waivers), DAY),
        Optional.empty(),
        List.of(),
        "built-in");
  }

  @Test
  void aWaiverGivesLeaveAnExpiredOneFailsAndAnUnusedOneWarns() throws Exception {
    var coverage = new Waiver.Target.OfLimit(Metric.TEST_COVERAGE, Scope.PROJECT, "");
    var rate = new Waiver.Target.OfLimit(Metric.TEST_PASS_RATE, Scope.PROJECT, "");
    GateResult waived = judge("", ALL, with(waiver("W", coverage, DAY)));
    assertThat(waived.verdict().disposition()).isEqualTo(Disposition.RELEASED_WITH_DEVIATIONS);
    assertThat(waived.verdict().toText(false)).contains("WAIVED");
    assertThat(waived.deviations()).anyMatch(each -> each.answer().equals(Optional.of("W")));
    GateResult expired = judge("", ALL, with(waiver("W", coverage, DAY.minusDays(1))));
    assertThat(expired.verdict().disposition()).isEqualTo(Disposition.REJECTED);
    assertThat(expired.verdict().toText(false))
        .contains("waiver W (limit test_coverage) expired on 2026-11-22");
    GateResult unused = judge("", ALL, with(waiver("W", coverage, DAY), waiver("U", rate, DAY)));
    assertThat(unused.verdict().disposition()).isEqualTo(Disposition.RELEASED_WITH_DEVIATIONS);
    assertThat(unused.verdict().notes())
        .contains("waiver U (limit test_pass_rate) is not used: remove it");
  }

  @Test
  void aWaivedFindingDoesNotCount() throws Exception {
    GateResult plain = judge("");
    List<Waiver> waivers =
        plain.findings().stream()
            .filter(finding -> finding.place().isPresent())
            .map(
                finding ->
                    waiver(
                        "W" + finding.fingerprint(),
                        new Waiver.Target.OfFinding(finding.fingerprint()),
                        DAY))
            .toList();
    assertThat(waivers).hasSize(3);
    GateResult waived = judge("", ALL, with(waivers.toArray(Waiver[]::new)));
    assertThat(row(waived, Metric.MAGIC_NUMBERS, Scope.PROJECT)).isEqualTo("0, met");
    assertThat(row(waived, Metric.CODE_DUPLICATION, Scope.PROJECT)).isEqualTo("0, met");
    assertThat(waived.findings().stream().filter(each -> each.waiver().isPresent())).hasSize(3);
  }

  @Test
  void eachFailingTestOpensADeviation() throws Exception {
    Policy policy = Policy.builtIn();
    GateResult result =
        Gate.judge(
            policy,
            policy.stage("bootstrap").orElseThrow(),
            Mode.WARN,
            Evidence.of(Samples.report()),
            Circumstances.NONE);
    assertThat(result.verdict().compliant()).isTrue();
    assertThat(result.deviations())
        .extracting(Deviation::subject)
        .containsExactly("web.fails", "web.fails");
    assertThat(result.deviations()).extracting(Deviation::message).doesNotHaveDuplicates();
  }

  @Test
  void warnModeSaysWhatStrictWouldHaveDone() throws Exception {
    Policy policy = Policy.builtIn();
    Verdict warned =
        Gate.judge(policy, policy.stages().get(1), Mode.WARN, ALL, Circumstances.NONE).verdict();
    assertThat(warned.strictWould())
        .contains("strict mode would have rejected this: test_coverage (2 lines short)");
    assertThat(judge("").verdict().strictWould()).isEmpty();
  }

  @Test
  void promotionIsDueOnceTheNextStageHeldForLong() throws Exception {
    Policy policy = Samples.policy(folder, "[promotion]\nrecords = 2");
    PastRecord good = past(Optional.empty(), new Measurement(95, 100, 100));
    PastRecord poor = past(Optional.empty(), new Measurement(79, 100, 100));
    assertThat(promotion(policy, good, good, poor)).isEqualTo("0 of 2, false");
    assertThat(promotion(policy, poor, good)).isEqualTo("1 of 2, false");
    assertThat(promotion(policy, poor, good, good)).isEqualTo("2 of 2, true");
  }

  private static String promotion(Policy policy, PastRecord... records) {
    var circumstances =
        new Circumstances(
            Optional.empty(), Waivers.NONE, Optional.empty(), List.of(records), "built-in");
    var step =
        Gate.judge(policy, policy.stage("bootstrap").orElseThrow(), Mode.WARN, ALL, circumstances)
            .recommendation()
            .promotion()
            .orElseThrow();
    assertThat(step.from() + " " + step.to()).isEqualTo("bootstrap growth");
    return "%d of %d, %b".formatted(step.held(), step.needed(), step.due());
  }

  @Test
  void aFigureThatWasCountedOtherwiseDoesNotCompare() {
    var other =
        new PastRecord(
            "r",
            Optional.empty(),
            new TreeMap<>(
                Map.of(
                    "test_coverage",
                    new PastRecord.Figure(
                        new Measurement(1, 1, Unit.PERCENT), "line-coverage/0"))));
    assertThat(other.find(Stage.GROWTH.limits().limits().getFirst(), "")).isEmpty();
  }

  @Test
  void nothingThatIsGivenIsChangedByItsOrder() throws Exception {
    var shuffled = new java.util.ArrayList<>(ALL.lines());
    Collections.reverse(shuffled);
    var again =
        new Evidence(
            new QualityReport(ALL.report().tests(), ALL.report().coverage(), ALL.report().notes()),
            shuffled,
            ALL.analysis(),
            ALL.mutants(),
            ALL.change(),
            ALL.build());
    assertThat(judge("", again, Circumstances.NONE)).isEqualTo(judge(""));
  }
}
