package dev.synapse.gmp.policy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// What is measured. Each has one definition, under `docs/metrics/`, whose id a record names.
public enum Metric {
  /// Percent of lines that tests ran.
  TEST_COVERAGE("test_coverage", "line-coverage/1", Unit.PERCENT, "line", true),
  /// Share of the executed test cases that passed.
  TEST_PASS_RATE("test_pass_rate", "case-pass-rate/1", Unit.RATE, "test", true),
  /// How many unexplained numbers stand in the sources.
  MAGIC_NUMBERS("magic_numbers", "magic-numbers/1", Unit.COUNT, "number", false),
  /// Share of the lines of code that stand somewhere else too.
  CODE_DUPLICATION("code_duplication", "duplication/1", Unit.RATE, "line", false),
  /// Decisions of the most complex function.
  CYCLOMATIC_COMPLEXITY(
      "cyclomatic_complexity", "cyclomatic-complexity/1", Unit.COUNT, "decision", false),
  /// Percent of branches that tests took.
  BRANCH_COVERAGE("branch_coverage", "branch-coverage/1", Unit.PERCENT, "branch", true),
  /// Percent of the faults, put into the code on purpose, that tests found.
  MUTATION_SCORE("mutation_score", "mutation-score/1", Unit.PERCENT, "mutant", true),
  /// Share of the declared test cases that did not run.
  SKIPPED_SHARE("skipped_share", "skipped-share/1", Unit.RATE, "test", false),
  /// How many test cases passed only when run again.
  FLAKY_TESTS("flaky_tests", "flaky-tests/1", Unit.COUNT, "test", false),
  /// Bytes of what is built and of all that it needs to run.
  CLOSURE_SIZE("closure_size", "closure-size/1", Unit.BYTES, "byte", false),
  /// Whether the build was built again and gave the same bytes.
  REPRODUCIBLE("reproducible", "reproducible/1", Unit.TRUTH, "rebuild", true),
  /// How many known vulnerabilities of the software bill of materials nobody has answered.
  SBOM_FINDINGS("sbom_findings", "sbom-findings/2", Unit.COUNT, "finding", false),
  /// Share of the changed lines of code of which it is known whether tests ran them.
  CHANGED_DATA("changed_data", "changed-data/1", Unit.RATE, "line", true);

  private static final Set<Metric> FROM_SOURCES =
      EnumSet.of(MAGIC_NUMBERS, CODE_DUPLICATION, CYCLOMATIC_COMPLEXITY);
  private static final Set<Metric> OF_LINES =
      EnumSet.of(
          TEST_COVERAGE,
          BRANCH_COVERAGE,
          MAGIC_NUMBERS,
          CODE_DUPLICATION,
          CYCLOMATIC_COMPLEXITY,
          CHANGED_DATA);
  private static final Set<Metric> OF_BUILDS =
      EnumSet.of(CLOSURE_SIZE, REPRODUCIBLE, SBOM_FINDINGS);

  private final String id;
  private final String definition;
  private final Unit unit;
  private final String noun;
  private final boolean atLeast;

  Metric(String id, String definition, Unit unit, String noun, boolean atLeast) {
    this.id = id;
    this.definition = definition;
    this.unit = unit;
    this.noun = noun;
    this.atLeast = atLeast;
  }

  /// The metric of that name; empty when there is none.
  public static Optional<Metric> named(String id) {
    return Arrays.stream(values()).filter(metric -> metric.id.equals(id)).findFirst();
  }

  /// The name in reports, policies and manifests.
  public String id() {
    return id;
  }

  /// The id of the definition by which it is counted.
  public String definition() {
    return definition;
  }

  /// What it is counted in, where the whole project is meant.
  public Unit unit() {
    return unit;
  }

  /// What is counted, one of them: `line`.
  public String noun() {
    return noun;
  }

  /// Whether more is better: then its limit is the least that complies, else the most.
  public boolean atLeast() {
    return atLeast;
  }

  /// Whether it is counted in sources, and so has findings with a file and a line.
  public boolean isFromSources() {
    return FROM_SOURCES.contains(this);
  }

  /// Whether a limit of that scope can be put on it.
  public boolean allows(Scope scope) {
    return switch (scope) {
      case PROJECT -> this != CHANGED_DATA;
      case CHANGED -> OF_LINES.contains(this);
      case PER_KLOC -> this == MAGIC_NUMBERS;
      case SHARE -> this == CYCLOMATIC_COMPLEXITY;
    };
  }

  /// Whether a module by itself has it.
  public boolean isPerModule() {
    return !OF_BUILDS.contains(this);
  }
}
