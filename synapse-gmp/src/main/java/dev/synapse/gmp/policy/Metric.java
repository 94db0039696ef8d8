package dev.synapse.gmp.policy;

/// What is measured. Each has one definition, under `docs/metrics/`, whose id a record names.
public enum Metric {
  /// Percent of lines that tests ran, 0 to 100.
  TEST_COVERAGE("test_coverage", "line-coverage/1", true),
  /// Share of the executed test cases that passed, 0 to 1.
  TEST_PASS_RATE("test_pass_rate", "case-pass-rate/1", true),
  /// How many unexplained numbers stand in the sources.
  MAGIC_NUMBERS("magic_numbers", "", false),
  /// Share of the lines that stand somewhere else too, 0 to 1.
  CODE_DUPLICATION("code_duplication", "", false),
  /// Decisions of the most complex function.
  CYCLOMATIC_COMPLEXITY("cyclomatic_complexity", "", false);

  private final String id;
  private final String definition;
  private final boolean required;

  Metric(String id, String definition, boolean required) {
    this.id = id;
    this.definition = definition;
    this.required = required;
  }

  /// The name in reports and manifests.
  public String id() {
    return id;
  }

  /// The id of the definition by which it is counted; empty while nothing counts it.
  public String definition() {
    return definition;
  }

  /// Whether a build that does not meet its limit, or did not measure it, is not compliant.
  public boolean required() {
    return required;
  }

  /// Whether more is better: then its limit is the least that complies, else the most.
  public boolean atLeast() {
    return this == TEST_COVERAGE || this == TEST_PASS_RATE;
  }
}
