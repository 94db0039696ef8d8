package dev.synapse.gmp.verdict;

import dev.synapse.gmp.analysis.FunctionComplexity;
import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.ModuleLimits;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Severity;
import dev.synapse.gmp.policy.StageLimits;
import dev.synapse.gmp.report.TestModule;
import dev.synapse.gmp.report.TestReport;
import dev.synapse.gmp.waiver.Waiver;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Holds evidence against a policy.
public final class Judge {
  private final Policy policy;
  private final StageLimits stage;
  private final Evidence evidence;
  private final Circumstances circumstances;
  private final Modules modules;
  private final Figures figures;
  private final SourceFindings sources;
  private final VulnerabilityFindings vulnerabilities;
  private final Set<String> used = new HashSet<>();

  private Judge(Policy policy, StageLimits stage, Evidence evidence, Circumstances circumstances) {
    this.policy = policy;
    this.stage = stage;
    this.evidence = evidence;
    this.circumstances = circumstances;
    this.modules = Modules.of(evidence.report());
    this.sources = new SourceFindings(evidence, this::waiverOf);
    this.vulnerabilities = new VulnerabilityFindings(evidence, this::waiverOf);
    this.figures = new Figures(evidence, modules, sources, vulnerabilities);
  }

  /// Judges.
  ///
  /// @param stage one of the policy's
  public static GateResult judge(
      Policy policy, StageLimits stage, Mode mode, Evidence evidence, Circumstances circumstances) {
    return new Judge(policy, stage, evidence, circumstances).result(mode);
  }

  /// The highest stage of the policy that the evidence reaches, waivers or not.
  public static Recommendation recommend(Policy policy, Evidence evidence) {
    return new Judge(policy, policy.stages().getFirst(), evidence, Circumstances.NONE)
        .recommendation(Optional.empty());
  }

  private Optional<String> waiverOf(String fingerprint) {
    Optional<String> id =
        circumstances.waivers().find(new Waiver.Target.OfFinding(fingerprint)).map(Waiver::id);
    id.ifPresent(used::add);
    return id;
  }

  private GateResult result(Mode mode) {
    List<LimitCheck> checks =
        Stream.of(stageChecks(), floorCheck(), moduleChecks(), ratchetChecks())
            .flatMap(List::stream)
            .map(this::waived)
            .toList();
    List<Finding> findings = findings(checks);
    List<Deviation> deviations = new ArrayList<>(failingTests());
    checks.stream().filter(LimitCheck::fails).map(Judge::deviation).forEach(deviations::add);
    List<String> expired =
        circumstances.waivers().expired().stream()
            .map(
                each ->
                    "%s (%s) expired on %s"
                        .formatted(each.id(), each.target().shown(), each.expires()))
            .toList();
    expired.forEach(
        each ->
            deviations.add(
                new Deviation(
                    Deviation.Kind.EXPIRED_WAIVER,
                    each,
                    "sign it anew, or remove it",
                    Optional.empty())));
    var verdict = new Verdict(stage.name(), mode, checks, expired, notes());
    return new GateResult(
        verdict,
        recommendation(Optional.of(stage)),
        new GateResult.Basis(evidence, circumstances),
        allFigures(),
        findings,
        deviations);
  }

  private List<LimitCheck> stageChecks() {
    Optional<StageLimits> after = policy.after(stage.name());
    return stage.limits().stream()
        .map(
            limit ->
                LimitCheck.of(limit, Subject.STAGE, figures.measure(limit, ""))
                    .withNext(after.flatMap(next -> sameIn(next, limit)).map(Limit::bound)))
        .toList();
  }

  private static Optional<Limit> sameIn(StageLimits other, Limit limit) {
    return other.limits().stream()
        .filter(each -> PastRecord.key(each, "").equals(PastRecord.key(limit, "")))
        .findFirst();
  }

  /// Where changed lines are judged by what ran, enough of them must have data.
  private List<LimitCheck> floorCheck() {
    boolean asked =
        stage.limits().stream()
            .anyMatch(
                limit ->
                    limit.scope() == Scope.CHANGED
                        && (limit.metric() == Metric.TEST_COVERAGE
                            || limit.metric() == Metric.BRANCH_COVERAGE));
    if (!asked) {
      return List.of();
    }
    Limit floor =
        new Limit(
            Metric.CHANGED_DATA,
            Scope.CHANGED,
            policy.floor(),
            Optional.empty(),
            Severity.ERROR,
            Limit.Need.ALWAYS);
    return List.of(
        LimitCheck.of(floor, new Subject(Subject.Origin.FLOOR, ""), figures.measure(floor, "")));
  }

  private List<LimitCheck> moduleChecks() {
    List<LimitCheck> checks = new ArrayList<>();
    for (ModuleLimits asked : policy.modules()) {
      List<String> named = modules.names().stream().filter(asked::matches).toList();
      for (Limit limit : asked.limits()) {
        if (named.isEmpty()) {
          checks.add(
              LimitCheck.of(
                  limit,
                  new Subject(Subject.Origin.MODULE, asked.pattern()),
                  Outcome.lacking("no module is called '%s'".formatted(asked.pattern()))));
        }
        for (String module : named) {
          checks.add(
              LimitCheck.of(
                  limit,
                  new Subject(Subject.Origin.MODULE, module),
                  figures.measure(limit, module)));
        }
      }
    }
    return checks;
  }

  private List<LimitCheck> ratchetChecks() {
    return policy
        .ratchet()
        .map(
            ratchet ->
                new RatchetChecks(ratchet, circumstances.baseline(), startOfChange())
                    .of(stage.limits(), limit -> figures.measure(limit, "")))
        .orElse(List.of());
  }

  private Optional<String> startOfChange() {
    return evidence.change().flatMap(change -> change.lines().base());
  }

  private LimitCheck waived(LimitCheck check) {
    if (!check.fails() || check.limit().severity() != Severity.ERROR) {
      return check;
    }
    var target =
        new Waiver.Target.OfLimit(check.metric(), check.limit().scope(), check.subject().module());
    Optional<Waiver> waiver = circumstances.waivers().find(target);
    waiver.ifPresent(found -> used.add(found.id()));
    return waiver.map(found -> check.waivedBy(found.id())).orElse(check);
  }

  private static Deviation deviation(LimitCheck check) {
    return new Deviation(
        Deviation.Kind.LIMIT,
        check.metric().id(),
        "%s: %s".formatted(VerdictText.scope(check), check.distance().or(check::reason).orElse("")),
        check.waiver());
  }

  private List<Deviation> failingTests() {
    return failures().stream()
        .map(
            finding ->
                new Deviation(
                    Deviation.Kind.FAILING_TEST,
                    finding.message(),
                    "failed; fingerprint " + finding.fingerprint(),
                    finding.waiver()))
        .toList();
  }

  private List<Finding> failures() {
    var fingerprints = new Fingerprints();
    List<Finding> failures = new ArrayList<>();
    for (TestModule module : evidence.report().tests().map(TestReport::modules).orElse(List.of())) {
      for (String test : module.failures()) {
        String fingerprint = fingerprints.of(Metric.TEST_PASS_RATE, module.name(), test);
        failures.add(
            new Finding(
                Metric.TEST_PASS_RATE,
                Optional.empty(),
                test,
                fingerprint,
                false,
                waiverOf(fingerprint)));
      }
    }
    return failures;
  }

  /// What the stage's limits are about: failing tests, numbers, texts that stand twice, functions
  /// over a limit, known vulnerabilities.
  private List<Finding> findings(List<LimitCheck> checks) {
    List<Finding> findings = new ArrayList<>(failures());
    findings.addAll(sources.magicNumbers());
    findings.addAll(sources.duplications());
    findings.addAll(vulnerabilities.all());
    Optional<BigDecimal> most = mostComplex(checks);
    sources
        .functions()
        .forEach(
            (function, finding) -> {
              if (most.isPresent() && isOver(function, most.get())) {
                findings.add(finding);
              }
            });
    return findings.stream()
        .sorted(
            Comparator.comparing(Finding::metric)
                .thenComparing(each -> each.place().map(Finding.Place::file).orElse(""))
                .thenComparing(each -> each.place().map(Finding.Place::firstLine).orElse(0)))
        .toList();
  }

  private static boolean isOver(FunctionComplexity function, BigDecimal most) {
    return BigDecimal.valueOf(function.complexity()).compareTo(most) > 0;
  }

  private static Optional<BigDecimal> mostComplex(List<LimitCheck> checks) {
    return checks.stream()
        .filter(check -> check.metric() == Metric.CYCLOMATIC_COMPLEXITY)
        .map(check -> check.limit().over().orElse(check.limit().bound()))
        .min(Comparator.naturalOrder());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (policy.ratchet().isPresent()) {
      RatchetChecks.staleness(circumstances.baseline(), startOfChange()).ifPresent(notes::add);
    }
    for (Waiver waiver : circumstances.waivers().all()) {
      if (!used.contains(waiver.id()) && !waiver.isExpired(circumstances.waivers().day())) {
        notes.add(
            "waiver %s (%s) is not used: remove it"
                .formatted(waiver.id(), waiver.target().shown()));
      }
    }
    evidence
        .change()
        .ifPresent(
            change ->
                notes.add(
                    "of %d changed lines of code %d have data"
                        .formatted(change.codeLines(), change.linesWithData())));
    notes.addAll(vulnerabilities.notes());
    notes.addAll(ReportNotes.of(evidence.report()));
    return notes;
  }

  /// What was measured, also for the limits of other stages: the next may ask for more.
  private SortedMap<String, PastRecord.Figure> allFigures() {
    SortedMap<String, PastRecord.Figure> found = new TreeMap<>();
    for (StageLimits each : policy.stages()) {
      each.limits().forEach(limit -> add(limit, "", found));
    }
    stage.limits().forEach(limit -> add(limit, "", found));
    for (Metric metric : Metric.values()) {
      if (metric.allows(Scope.PROJECT)) {
        add(Limit.project(metric, BigDecimal.ZERO), "", found);
      }
    }
    for (ModuleLimits asked : policy.modules()) {
      for (String module : modules.names()) {
        if (asked.matches(module)) {
          asked.limits().forEach(limit -> add(limit, module, found));
        }
      }
    }
    return found;
  }

  private void add(Limit limit, String module, SortedMap<String, PastRecord.Figure> found) {
    String key = PastRecord.key(limit, module);
    if (!found.containsKey(key)
        && figures.measure(limit, module) instanceof Outcome.Measured(var value, _)) {
      found.put(key, new PastRecord.Figure(value, limit.metric().definition()));
    }
  }

  private Recommendation recommendation(Optional<StageLimits> inForce) {
    Optional<Recommendation.Promotion> promotion =
        circumstances.history().isEmpty()
            ? Optional.empty()
            : inForce.flatMap(from -> policy.after(from.name()).map(to -> promotion(from, to)));
    Optional<String> met = Optional.empty();
    for (String name : policy.ladder()) {
      StageLimits each = policy.stage(name).orElseThrow();
      List<LimitCheck> blocking =
          each.limits().stream()
              .map(limit -> LimitCheck.of(limit, Subject.STAGE, figures.measure(limit, "")))
              .filter(LimitCheck::blocks)
              .toList();
      if (!blocking.isEmpty()) {
        return new Recommendation(met, Optional.of(name), blocking, promotion);
      }
      met = Optional.of(name);
    }
    return new Recommendation(met, Optional.empty(), List.of(), promotion);
  }

  private Recommendation.Promotion promotion(StageLimits from, StageLimits to) {
    int held = 0;
    for (PastRecord record : circumstances.history().reversed()) {
      if (!holds(to, record)) {
        break;
      }
      held++;
    }
    return new Recommendation.Promotion(from.name(), to.name(), held, policy.promotion());
  }

  private static boolean holds(StageLimits stage, PastRecord record) {
    return stage.limits().stream()
        .filter(limit -> limit.severity() == Severity.ERROR)
        .allMatch(
            limit ->
                record
                    .find(limit, "")
                    .map(value -> value.meets(limit.bound(), limit.metric().atLeast()))
                    .orElse(limit.need() == Limit.Need.WHEN_DECLARED));
  }
}
