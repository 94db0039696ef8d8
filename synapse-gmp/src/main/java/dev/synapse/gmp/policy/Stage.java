package dev.synapse.gmp.policy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// How far a project has come, and so what is asked of it. Limits are inclusive: a value equal to
/// its limit complies. Ordered from the least to the most demanding.
public enum Stage {
  /// The beginning.
  BOOTSTRAP("65", "0.80", "10", "0.25", "15"),
  /// Features are added.
  GROWTH("80", "0.90", "5", "0.15", "12"),
  /// A release is prepared.
  STABILIZE("90", "0.95", "2", "0.10", "10"),
  /// What is released is relied on.
  STRICT("93", "1.00", "0", "0.05", "8");

  private static final Set<Metric> ALWAYS = EnumSet.of(Metric.TEST_COVERAGE, Metric.TEST_PASS_RATE);
  private static final Set<Metric> ASKED =
      EnumSet.range(Metric.TEST_COVERAGE, Metric.CYCLOMATIC_COMPLEXITY);

  private final BigDecimal coverage;
  private final BigDecimal passRate;
  private final BigDecimal magicNumbers;
  private final BigDecimal duplication;
  private final BigDecimal complexity;

  Stage(
      String coverage,
      String passRate,
      String magicNumbers,
      String duplication,
      String complexity) {
    this.coverage = new BigDecimal(coverage);
    this.passRate = new BigDecimal(passRate);
    this.magicNumbers = new BigDecimal(magicNumbers);
    this.duplication = new BigDecimal(duplication);
    this.complexity = new BigDecimal(complexity);
  }

  /// The stage of that name, as manifests and options write it; empty when there is none.
  public static Optional<Stage> named(String id) {
    return Arrays.stream(values()).filter(stage -> stage.id().equals(id)).findFirst();
  }

  /// The name in manifests, options and reports.
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What this stage asks of one of the catalogue's five metrics: the least or the most, see
  /// [Metric#atLeast()].
  public BigDecimal limit(Metric metric) {
    return switch (metric) {
      case TEST_COVERAGE -> coverage;
      case TEST_PASS_RATE -> passRate;
      case MAGIC_NUMBERS -> magicNumbers;
      case CODE_DUPLICATION -> duplication;
      case CYCLOMATIC_COMPLEXITY -> complexity;
      case BRANCH_COVERAGE,
          MUTATION_SCORE,
          SKIPPED_SHARE,
          FLAKY_TESTS,
          CLOSURE_SIZE,
          REPRODUCIBLE,
          SBOM_FINDINGS,
          CHANGED_DATA ->
          throw new IllegalArgumentException("no built-in stage limits " + metric.id());
    };
  }

  /// All that this stage asks for. Tests and their coverage have to be there; what is counted in
  /// sources has to be where sources are declared.
  public StageLimits limits() {
    return new StageLimits(id(), ASKED.stream().map(this::asked).toList());
  }

  private Limit asked(Metric metric) {
    return Limit.project(metric, limit(metric))
        .needed(ALWAYS.contains(metric) ? Limit.Need.ALWAYS : Limit.Need.WHEN_DECLARED);
  }
}
