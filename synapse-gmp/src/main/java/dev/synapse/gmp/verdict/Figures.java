package dev.synapse.gmp.verdict;

import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Unit;
import java.util.Optional;

/// Measures what limits ask for.
final class Figures {
  private static final String NO_CHANGE =
      "what changed was not declared: give a patch or a commit to start from";

  private final Evidence evidence;
  private final ReportFigures reports;
  private final SourceFigures sources;
  private final VulnerabilityFindings vulnerabilities;

  /// @param findings the places that are counted
  /// @param vulnerabilities those of components, which are counted too
  Figures(
      Evidence evidence,
      Modules modules,
      SourceFindings findings,
      VulnerabilityFindings vulnerabilities) {
    this.evidence = evidence;
    this.reports = new ReportFigures(evidence, modules);
    this.sources = new SourceFigures(evidence, modules, findings);
    this.vulnerabilities = vulnerabilities;
  }

  /// What a limit limits.
  ///
  /// @param module of which module; empty for the whole project
  Outcome measure(Limit limit, String module) {
    if (lacksChange(limit)) {
      return Outcome.lacking(NO_CHANGE);
    }
    return switch (limit.metric()) {
      case TEST_COVERAGE, BRANCH_COVERAGE -> reports.coverage(limit, module);
      case TEST_PASS_RATE, SKIPPED_SHARE, FLAKY_TESTS -> reports.tests(limit.metric(), module);
      case MAGIC_NUMBERS, CODE_DUPLICATION, CYCLOMATIC_COMPLEXITY -> sources.measure(limit, module);
      case MUTATION_SCORE -> reports.mutants();
      case CLOSURE_SIZE, REPRODUCIBLE, SBOM_FINDINGS -> ofBuild(limit);
      case CHANGED_DATA -> reports.changedData();
    };
  }

  private boolean lacksChange(Limit limit) {
    return limit.scope() == Scope.CHANGED && evidence.change().isEmpty();
  }

  private Outcome ofBuild(Limit limit) {
    BuildFacts build = evidence.build();
    return switch (limit.metric()) {
      case CLOSURE_SIZE ->
          fact(
              build.closureBytes(), Unit.BYTES, "the size of the closure is only known of a build");
      case REPRODUCIBLE ->
          fact(
              build.reproducible().map(same -> same ? 1L : 0L),
              Unit.TRUTH,
              "no rebuild was done: build with --rebuild");
      default -> vulnerabilities.open(limit);
    };
  }

  private static Outcome fact(Optional<Long> value, Unit unit, String whyNot) {
    return value
        .map(known -> Outcome.of(Measurement.count(known, unit)))
        .orElseGet(() -> Outcome.undeclared(whyNot));
  }
}
