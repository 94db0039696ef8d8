package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.report.TestReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the gate says of a report: a pure function of policy and report.
///
/// @param limits every metric with its limit, in the order of [Metric]
/// @param notes what the reader of the report is to know: oddities, tests that were skipped
public record Verdict(Stage stage, Mode mode, List<LimitCheck> limits, List<String> notes) {
  private static final int PERCENT = 100;

  public Verdict {
    requireNonNull(stage, "stage");
    requireNonNull(mode, "mode");
    limits = List.copyOf(limits);
    notes = List.copyOf(notes);
    if (!limits.stream().map(LimitCheck::metric).toList().equals(List.of(Metric.values()))) {
      throw new IllegalArgumentException("not every metric once, in order");
    }
  }

  /// Holds a report against a stage.
  public static Verdict judge(Stage stage, Mode mode, QualityReport report) {
    List<LimitCheck> limits =
        Arrays.stream(Metric.values())
            .map(metric -> new LimitCheck(metric, measure(metric, report), stage.limit(metric)))
            .toList();
    return new Verdict(stage, mode, limits, notes(report));
  }

  private static Optional<Measurement> measure(Metric metric, QualityReport report) {
    return switch (metric) {
      case TEST_COVERAGE ->
          report
              .coverage()
              .flatMap(coverage -> coverage.lines())
              .filter(lines -> lines.total() > 0)
              .map(lines -> coverage(lines));
      case TEST_PASS_RATE ->
          report
              .tests()
              .map(TestReport::counts)
              .filter(tests -> tests.executed() > 0)
              .map(tests -> new Measurement(tests.passed(), tests.executed(), 1));
      case MAGIC_NUMBERS, CODE_DUPLICATION, CYCLOMATIC_COMPLEXITY -> Optional.empty();
    };
  }

  private static Measurement coverage(Covered lines) {
    return new Measurement(lines.covered(), lines.total(), PERCENT);
  }

  private static List<String> notes(QualityReport report) {
    List<String> notes = new ArrayList<>();
    report
        .tests()
        .map(TestReport::counts)
        .ifPresent(
            tests -> {
              if (tests.executed() == 0) {
                notes.add("no test was executed");
              }
              addCount(notes, tests.skipped(), "skipped");
              addCount(notes, tests.flaky(), "passed only when run again");
            });
    notes.addAll(report.notes());
    return notes;
  }

  private static void addCount(List<String> notes, long count, String what) {
    if (count > 0) {
      notes.add("%d %s %s".formatted(count, count == 1 ? "test" : "tests", what));
    }
  }

  /// Whether every required limit is measured and met. A truth about the build, in both modes.
  public boolean compliant() {
    return limits.stream().noneMatch(LimitCheck::blocks);
  }

  /// What becomes of the build.
  public Disposition disposition() {
    if (compliant()) {
      return Disposition.RELEASED;
    }
    return switch (mode) {
      case WARN -> Disposition.RELEASED_WITH_DEVIATIONS;
      case STRICT -> Disposition.REJECTED;
    };
  }

  /// The `gate` object of `synapse build --json`, on one line.
  public String toJson() {
    return limits.stream()
        .map(Verdict::toJson)
        .collect(
            Collectors.joining(
                ", ",
                "{\"stage\": \"%s\", \"mode\": \"%s\", \"compliant\": %b, \"limits\": ["
                    .formatted(stage.id(), mode.id(), compliant()),
                "]}"));
  }

  static String toJson(LimitCheck check) {
    return "{\"metric\": \"%s\", \"value\": %s, \"limit\": %s, \"met\": %s}"
        .formatted(
            check.metric().id(),
            check.value().map(value -> value.toPlainString()).orElse("null"),
            VerdictText.plain(check.limit()),
            check.met().map(String::valueOf).orElse("null"));
  }

  /// For a terminal: the disposition, one row for each metric, the notes. Ends with a line break.
  ///
  /// @param colour whether to repeat in colour what the words say
  public String toText(boolean colour) {
    return new VerdictText(colour).of(this);
  }
}
