package dev.synapse.gmp.verdict;

import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Unit;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Writes verdicts for a terminal.
public final class VerdictText {
  private static final String GREEN = "32";
  private static final String YELLOW = "33";
  private static final String RED = "31";
  private static final int PERCENT_DIGITS = 2;
  private static final int DIGITS = 4;
  private static final List<String> HEADINGS =
      List.of("metric", "value", "limit", "scope", "distance", "met", "definition");
  private static final int RESULT = HEADINGS.indexOf("met");

  private final boolean colour;

  VerdictText(boolean colour) {
    this.colour = colour;
  }

  String of(Verdict verdict) {
    var text = new StringBuilder();
    Disposition disposition = verdict.disposition();
    text.append(
        "%s: %s, stage %s, mode %s\n"
            .formatted(
                paint(disposition.id().toUpperCase(Locale.ROOT), colourOf(disposition)),
                verdict.compliant() ? "compliant" : "not compliant",
                verdict.stage(),
                verdict.mode().id()));
    addTable(verdict.limits(), text);
    for (LimitCheck check : verdict.limits()) {
      if (check.fails()) {
        check.reason().ifPresent(reason -> addLine(check.metric().id(), reason, text));
      }
    }
    verdict.expired().forEach(waiver -> addLine("error", "waiver " + waiver, text));
    verdict.strictWould().ifPresent(would -> addLine("note", would, text));
    verdict.notes().forEach(note -> addLine("note", note, text));
    return text.toString();
  }

  /// One line for each known vulnerability: its fingerprint, what it is, and who answered it.
  static String vulnerabilities(List<Finding> findings) {
    var text = new StringBuilder();
    for (Finding finding : findings) {
      String answer = finding.waiver().map(id -> " (waiver " + id + ")").orElse("");
      addLine("vulnerability " + finding.fingerprint(), finding.message() + answer, text);
    }
    return text.toString();
  }

  private static void addLine(String what, String line, StringBuilder text) {
    text.append(what).append(": ").append(oneLine(line)).append('\n');
  }

  private void addTable(List<LimitCheck> limits, StringBuilder text) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    limits.forEach(check -> rows.add(row(check)));
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    for (int line = 0; line < rows.size(); line++) {
      text.append(' ');
      for (int column = 0; column < widths.length; column++) {
        String cell = rows.get(line).get(column);
        boolean result = line > 0 && column == RESULT;
        text.append(' ').append(result ? paint(cell, colourOf(limits.get(line - 1))) : cell);
        text.append(
            " ".repeat(column == widths.length - 1 ? 0 : widths[column] - cell.length() + 1));
      }
      text.append('\n');
    }
  }

  private static List<String> row(LimitCheck check) {
    return List.of(
        check.metric().id(),
        shownValue(check).orElse("-"),
        shownLimit(check),
        oneLine(scope(check)),
        check.distance().orElse("-"),
        result(check),
        check.metric().definition());
  }

  /// Over what the limit is, and who asks where it is not the stage: `project`, `changed`, `module
  /// core`, `baseline`.
  public static String scope(LimitCheck check) {
    String scope = check.limit().scope().id();
    return switch (check.subject().origin()) {
      case STAGE -> over(check, scope);
      case MODULE ->
          "module "
              + check.subject().module()
              + (check.limit().scope() == Scope.PROJECT ? "" : ", " + over(check, scope));
      case RATCHET -> "baseline";
      case FLOOR -> scope;
    };
  }

  private static String over(LimitCheck check, String scope) {
    return scope + check.limit().over().map(most -> " over " + Numbers.plain(most)).orElse("");
  }

  /// How the check came out, in words.
  public static String result(LimitCheck check) {
    if (check.waiver().isPresent()) {
      return "WAIVED";
    }
    return switch (check.outcome()) {
      case Outcome.Measured _ -> check.fails() ? "NOT MET" : "met";
      case Outcome.NothingChanged _ -> "no change";
      case Outcome.Missing _ -> "not measured";
    };
  }

  /// Two digits of a percentage, four of a rate; cut off, so that a value below its limit shows so.
  public static Optional<String> shownValue(LimitCheck check) {
    return check.value().map(value -> shown(value, check.limit().unit()));
  }

  private static String shown(BigDecimal value, Unit unit) {
    return switch (unit) {
      case PERCENT -> value.setScale(PERCENT_DIGITS, RoundingMode.FLOOR).toPlainString() + " %";
      case RATE -> value.setScale(DIGITS, RoundingMode.FLOOR).toPlainString();
      case PER_KLOC ->
          value.setScale(PERCENT_DIGITS, RoundingMode.FLOOR).toPlainString() + unit.suffix();
      case COUNT, BYTES -> value.toPlainString() + unit.suffix();
      case TRUTH -> value.signum() == 0 ? "no" : "yes";
    };
  }

  /// The least, or the most: `>= 80 %`.
  public static String shownLimit(LimitCheck check) {
    Unit unit = check.limit().unit();
    if (unit == Unit.TRUTH) {
      return "yes";
    }
    String bound = Numbers.plain(check.limit().bound());
    String suffix = unit == Unit.PERCENT ? " %" : unit.suffix();
    return (check.metric().atLeast() ? ">= " : "<= ") + bound + suffix;
  }

  /// Names of tests are text that somebody else wrote: nothing in them reaches the terminal raw.
  static String oneLine(String note) {
    return note.replaceAll("\\p{Cc}", "?");
  }

  private static String colourOf(LimitCheck check) {
    if (check.blocks()) {
      return RED;
    }
    return check.met().orElse(false) ? GREEN : YELLOW;
  }

  private static String colourOf(Disposition disposition) {
    return switch (disposition) {
      case RELEASED -> GREEN;
      case RELEASED_WITH_DEVIATIONS -> YELLOW;
      case REJECTED -> RED;
    };
  }

  private String paint(String word, String code) {
    return colour ? "\u001b[" + code + "m" + word + "\u001b[0m" : word;
  }
}
