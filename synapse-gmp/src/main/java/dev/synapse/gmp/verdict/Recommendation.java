package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The highest stage that the numbers reach, and what keeps them from the next. Promotes nothing:
/// that is an edit of the policy.
///
/// @param met the highest stage met, empty when not even the first is
/// @param next the stage after it, empty when the last is met
/// @param blocking the limits of the next stage that are not met or not measured
/// @param promotion whether the stage in force can be left for the next
public record Recommendation(
    Optional<String> met,
    Optional<String> next,
    List<LimitCheck> blocking,
    Optional<Promotion> promotion) {
  /// The step from the stage in force to the next.
  ///
  /// @param from the stage in force
  /// @param to the stage after it
  /// @param held for how many records, the newest first without a gap, its limits held
  /// @param needed for how many they have to
  public record Promotion(String from, String to, int held, int needed) {
    public Promotion {
      requireNonNull(from, "from");
      requireNonNull(to, "to");
    }

    /// Whether it is time.
    public boolean due() {
      return held >= needed;
    }

    String toText() {
      return due()
          ? "promote from %s to %s: its limits held for %d records".formatted(from, to, held)
          : "not yet from %s to %s: its limits held for %d of %d records"
              .formatted(from, to, held, needed);
    }
  }

  public Recommendation {
    requireNonNull(met, "met");
    requireNonNull(next, "next");
    requireNonNull(promotion, "promotion");
    blocking = List.copyOf(blocking);
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
                "]%s}".formatted(promotion.map(Recommendation::toJson).orElse(""))));
  }

  private static String toJson(Promotion step) {
    return ", \"promotion\": {\"from\": \"%s\", \"to\": \"%s\", \"held\": %d, \"needed\": %d, \"promote\": %b}"
        .formatted(step.from, step.to, step.held, step.needed, step.due());
  }

  private static String toJson(Optional<String> stage) {
    return stage.map(each -> '"' + each + '"').orElse("null");
  }

  /// One line: `recommended stage: growth; stabilize needs test_coverage (12 lines short)`; and a
  /// second where there are earlier records.
  public String toText() {
    String blocked =
        next.map(
                after ->
                    blocking.stream()
                        .map(Verdict::shown)
                        .collect(Collectors.joining(", ", "; " + after + " needs ", "")))
            .orElse("");
    String step = promotion.map(each -> System.lineSeparator() + each.toText()).orElse("");
    return "recommended stage: " + met.orElse("none") + blocked + step;
  }
}
