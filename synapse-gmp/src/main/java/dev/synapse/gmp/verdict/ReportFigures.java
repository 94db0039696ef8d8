package dev.synapse.gmp.verdict;

import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Unit;
import dev.synapse.gmp.report.CoverageModule;
import dev.synapse.gmp.report.CoverageReport;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.TestCounts;
import dev.synapse.gmp.report.TestModule;
import dev.synapse.gmp.report.TestReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Figures that reports of tests, coverage and mutants hold.
final class ReportFigures {
  private final Evidence evidence;
  private final Modules modules;

  ReportFigures(Evidence evidence, Modules modules) {
    this.evidence = evidence;
    this.modules = modules;
  }

  Outcome tests(Metric metric, String module) {
    Optional<TestReport> report = evidence.report().tests();
    if (report.isEmpty()) {
      return Outcome.undeclared("no test reports were declared");
    }
    TestCounts counts =
        module.isEmpty()
            ? report.get().counts()
            : report.get().modules().stream()
                .filter(each -> each.name().equals(module))
                .map(TestModule::counts)
                .findFirst()
                .orElse(new TestCounts(0, 0, 0, 0, 0));
    return measured(metric, counts);
  }

  private static Outcome measured(Metric metric, TestCounts tests) {
    long declared = tests.executed() + tests.skipped();
    if (metric == Metric.SKIPPED_SHARE) {
      return declared == 0
          ? Outcome.lacking("no test was declared")
          : Outcome.of(new Measurement(tests.skipped(), declared, Unit.RATE));
    }
    if (tests.executed() == 0) {
      return Outcome.lacking("no test was executed");
    }
    return Outcome.of(
        metric == Metric.FLAKY_TESTS
            ? Measurement.count(tests.flaky(), Unit.COUNT)
            : new Measurement(tests.passed(), tests.executed(), Unit.RATE));
  }

  Outcome coverage(Limit limit, String module) {
    Optional<CoverageReport> report = evidence.report().coverage();
    if (report.isEmpty()) {
      return Outcome.undeclared("no coverage reports were declared");
    }
    if (limit.scope() == Scope.CHANGED) {
      return changed(limit.metric());
    }
    Optional<Covered> covered =
        module.isEmpty()
            ? whole(limit.metric(), report.get())
            : of(limit.metric(), report.get(), module);
    return covered
        .filter(counts -> counts.total() > 0)
        .<Outcome>map(
            counts ->
                new Outcome.Measured(
                    new Measurement(counts.covered(), counts.total(), Unit.PERCENT),
                    withoutData(module)))
        .orElseGet(
            () ->
                Outcome.lacking(
                    "the coverage reports have no %s data".formatted(limit.metric().noun())));
  }

  private static Optional<Covered> whole(Metric metric, CoverageReport report) {
    return metric == Metric.TEST_COVERAGE ? report.lines() : report.branches();
  }

  private static Optional<Covered> of(Metric metric, CoverageReport report, String module) {
    return report.modules().stream()
        .filter(each -> each.name().equals(module))
        .findFirst()
        .flatMap(metric == Metric.TEST_COVERAGE ? CoverageModule::lines : CoverageModule::branches);
  }

  /// Source files that no report knows. Interfaces without code are among them in Java.
  private List<String> withoutData(String module) {
    if (evidence.lines().isEmpty() || evidence.analysis().isEmpty()) {
      return List.of();
    }
    Set<String> known = evidence.lines().stream().map(FileLines::path).collect(Collectors.toSet());
    return evidence.analysis().get().files().stream()
        .map(SourceFile::path)
        .filter(path -> !known.contains(path))
        .filter(path -> module.isEmpty() || modules.of(path).equals(module))
        .toList();
  }

  private Outcome changed(Metric metric) {
    Change change = evidence.change().orElseThrow();
    if (change.codeLines() == 0) {
      return new Outcome.NothingChanged();
    }
    Covered covered =
        change.files().stream()
            .map(file -> metric == Metric.TEST_COVERAGE ? lines(file) : branches(file))
            .reduce(new Covered(0, 0), ReportFigures::sum);
    if (covered.total() == 0) {
      return metric == Metric.BRANCH_COVERAGE && change.linesWithData() > 0
          ? new Outcome.NothingChanged()
          : Outcome.lacking("of no changed line it is known whether tests ran it");
    }
    List<String> without =
        change.files().stream()
            .filter(file -> !file.code().isEmpty() && file.withData().isEmpty())
            .map(ChangedFile::path)
            .toList();
    return new Outcome.Measured(
        new Measurement(covered.covered(), covered.total(), Unit.PERCENT), without);
  }

  private static Covered lines(ChangedFile file) {
    return new Covered(file.covered().size(), file.missed().size());
  }

  private Covered branches(ChangedFile file) {
    return evidence.lines().stream()
        .filter(data -> data.path().equals(file.path()))
        .flatMap(data -> data.branches().entrySet().stream())
        .filter(line -> file.covered().or(file.missed()).contains(line.getKey()))
        .map(Map.Entry::getValue)
        .reduce(new Covered(0, 0), ReportFigures::sum);
  }

  private static Covered sum(Covered one, Covered other) {
    return new Covered(one.covered() + other.covered(), one.missed() + other.missed());
  }

  Outcome changedData() {
    Change change = evidence.change().orElseThrow();
    if (change.codeLines() == 0) {
      return new Outcome.NothingChanged();
    }
    return Outcome.of(new Measurement(change.linesWithData(), change.codeLines(), Unit.RATE));
  }

  Outcome mutants() {
    return evidence
        .mutants()
        .map(
            found ->
                found.total() == 0
                    ? Outcome.lacking("the mutation report holds no mutant")
                    : Outcome.of(new Measurement(found.covered(), found.total(), Unit.PERCENT)))
        .orElseGet(() -> Outcome.undeclared("no mutation report was declared"));
  }
}
