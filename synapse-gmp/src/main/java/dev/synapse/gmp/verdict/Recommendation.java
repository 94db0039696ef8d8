package dev.synapse.gmp.verdict;

import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.report.QualityReport;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The highest stage that a report meets, and what keeps it from the next. Promotes nothing.
///
/// @param met the highest stage met, empty when not even the first is
/// @param next the stage after it, empty when the last is met
/// @param blocking the limits of the next stage that are not met or not measured
public record Recommendation(Optional<Stage> met, Optional<Stage> next, List<LimitCheck> blocking) {
  public Recommendation {
    blocking = List.copyOf(blocking);
  }

  /// Judges a report against each stage, from the first.
  public static Recommendation of(QualityReport report) {
    Optional<Stage> met = Optional.empty();
    for (Stage stage : Arrays.asList(Stage.values())) {
      Verdict verdict = Verdict.judge(stage, Mode.STRICT, report);
      if (!verdict.compliant()) {
        List<LimitCheck> blocking = verdict.limits().stream().filter(LimitCheck::blocks).toList();
        return new Recommendation(met, Optional.of(stage), blocking);
      }
      met = Optional.of(stage);
    }
    return new Recommendation(met, Optional.empty(), List.of());
  }

  /// One object on one line; a stage that is not there is null.
  public String toJson() {
    return blocking.stream()
        .map(Verdict::toJson)
        .collect(
            Collectors.joining(
                ", ",
                "{\"stage\": %s, \"next\": %s, \"blocking\": ["
                    .formatted(toJson(met), toJson(next)),
                "]}"));
  }

  private static String toJson(Optional<Stage> stage) {
    return stage.map(each -> '"' + each.id() + '"').orElse("null");
  }

  /// One line: `recommended stage: growth; stabilize needs test_coverage (12 lines short)`.
  public String toText() {
    String stage = met.map(Stage::id).orElse("none");
    String blocked =
        next.map(
                after ->
                    blocking.stream()
                        .map(
                            check ->
                                "%s (%s)"
                                    .formatted(
                                        check.metric().id(),
                                        check.distance().orElse("not measured")))
                        .collect(Collectors.joining(", ", "; " + after.id() + " needs ", "")))
            .orElse("");
    return "recommended stage: " + stage + blocked;
  }
}
