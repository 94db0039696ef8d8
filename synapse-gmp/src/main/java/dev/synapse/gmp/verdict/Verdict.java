package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Mode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the gate says: a pure function of policy and evidence.
///
/// @param stage the stage's name
/// @param limits every limit that was asked for: those of the stage, of modules, of the ratchet
/// @param expired waivers that hold no more, as `id (what for), expired on day`
/// @param notes what the reader is to know: oddities, tests that were skipped, waivers without use
public record Verdict(
    String stage, Mode mode, List<LimitCheck> limits, List<String> expired, List<String> notes) {
  public Verdict {
    requireNonNull(stage, "stage");
    requireNonNull(mode, "mode");
    limits = List.copyOf(limits);
    expired = List.copyOf(expired);
    notes = List.copyOf(notes);
    if (limits.isEmpty()) {
      throw new IllegalArgumentException("a stage without limits");
    }
  }

  /// Whether every required limit is measured and met, or waived, and no waiver has expired. A
  /// truth about the build, in both modes.
  public boolean compliant() {
    return expired.isEmpty() && limits.stream().noneMatch(LimitCheck::blocks);
  }

  /// What keeps the build from being compliant.
  public List<LimitCheck> blocking() {
    return limits.stream().filter(LimitCheck::blocks).toList();
  }

  /// What becomes of the build.
  public Disposition disposition() {
    return disposition(mode);
  }

  private Disposition disposition(Mode judged) {
    if (compliant()) {
      boolean waived = limits.stream().anyMatch(limit -> limit.waiver().isPresent());
      return waived ? Disposition.RELEASED_WITH_DEVIATIONS : Disposition.RELEASED;
    }
    return switch (judged) {
      case WARN -> Disposition.RELEASED_WITH_DEVIATIONS;
      case STRICT -> Disposition.REJECTED;
    };
  }

  /// What strict mode would have done, as a sentence; empty when it would have done the same.
  public Optional<String> strictWould() {
    if (disposition(Mode.STRICT) == disposition()) {
      return Optional.empty();
    }
    return Optional.of("strict mode would have rejected this: " + obstacles());
  }

  /// What blocks, with distances, in a row.
  public String obstacles() {
    return java.util.stream.Stream.concat(
            blocking().stream().map(Verdict::shown),
            expired.stream().map(waiver -> "waiver " + waiver))
        .collect(Collectors.joining(", "));
  }

  static String shown(LimitCheck check) {
    return "%s (%s)".formatted(name(check), check.distance().orElse("not measured"));
  }

  private static String name(LimitCheck check) {
    String scope = VerdictText.scope(check);
    return scope.equals("project")
        ? check.metric().id()
        : "%s, %s".formatted(check.metric().id(), scope);
  }

  /// The `gate` object of `synapse build --json`, on one line.
  public String toJson() {
    return limits.stream()
        .map(Verdict::toJson)
        .collect(
            Collectors.joining(
                ", ",
                "{\"stage\": \"%s\", \"mode\": \"%s\", \"compliant\": %b, \"limits\": ["
                    .formatted(stage, mode.id(), compliant()),
                "]}"));
  }

  static String toJson(LimitCheck check) {
    return "{\"metric\": \"%s\", \"value\": %s, \"limit\": %s, \"met\": %s}"
        .formatted(
            check.metric().id(),
            check.value().map(value -> value.toPlainString()).orElse("null"),
            Numbers.plain(check.limit().bound()),
            check.met().map(String::valueOf).orElse("null"));
  }

  /// For a terminal: the disposition, one row for each limit, the notes. Ends with a line break.
  ///
  /// @param colour whether to repeat in colour what the words say
  public String toText(boolean colour) {
    return new VerdictText(colour).of(this);
  }
}
