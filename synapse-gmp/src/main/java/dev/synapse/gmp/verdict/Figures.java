package dev.synapse.gmp.verdict;

import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Unit;
import java.util.Optional;
import java.util.function.Function;

/// Measures what limits ask for.
final class Figures {
  private static final String NO_CHANGE =
      "what changed was not declared: give a patch or a commit to start from";

  private final Evidence evidence;
  private final ReportFigures reports;
  private final SourceFigures sources;

  /// @param findings the places that are counted
  Figures(Evidence evidence, Modules modules, SourceFindings findings) {
    this.evidence = evidence;
    this.reports = new ReportFigures(evidence, modules);
    this.sources = new SourceFigures(evidence, modules, findings);
  }

  /// What a limit limits.
  ///
  /// @param module of which module; empty for the whole project
  Outcome measure(Limit limit, String module) {
    if (limit.scope() == Scope.CHANGED && evidence.change().isEmpty()) {
      return Outcome.lacking(NO_CHANGE);
    }
    return switch (limit.metric()) {
      case TEST_COVERAGE, BRANCH_COVERAGE -> reports.coverage(limit, module);
      case TEST_PASS_RATE, SKIPPED_SHARE, FLAKY_TESTS -> reports.tests(limit.metric(), module);
      case MAGIC_NUMBERS, CODE_DUPLICATION, CYCLOMATIC_COMPLEXITY -> sources.measure(limit, module);
      case MUTATION_SCORE -> reports.mutants();
      case CLOSURE_SIZE ->
          fact(evidence.build().closureBytes(), "the size of the closure is only known of a build")
              .map(bytes -> Outcome.of(Measurement.count(bytes, Unit.BYTES)));
      case REPRODUCIBLE ->
          fact(evidence.build().reproducible(), "no rebuild was done: build with --rebuild")
              .map(same -> Outcome.of(Measurement.count(same ? 1 : 0, Unit.TRUTH)));
      case SBOM_FINDINGS ->
          fact(evidence.build().openFindings(), "no bill of materials with findings was declared")
              .map(open -> Outcome.of(Measurement.count(open, Unit.COUNT)));
      case CHANGED_DATA -> reports.changedData();
    };
  }

  private record Fact<T>(Optional<T> value, String reason) {
    Outcome map(Function<T, Outcome> measure) {
      return value.map(measure).orElseGet(() -> Outcome.undeclared(reason));
    }
  }

  private static <T> Fact<T> fact(Optional<T> value, String reason) {
    return new Fact<>(value, reason);
  }
}
