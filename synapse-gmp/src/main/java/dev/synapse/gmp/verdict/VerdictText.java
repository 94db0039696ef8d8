package dev.synapse.gmp.verdict;

import dev.synapse.gmp.policy.Metric;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/// Writes verdicts for a terminal.
final class VerdictText {
  private static final String GREEN = "32";
  private static final String YELLOW = "33";
  private static final String RED = "31";

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
                verdict.stage().id(),
                verdict.mode().id()));
    text.append(row("metric", "value", "limit", "distance", "met"));
    for (LimitCheck check : verdict.limits()) {
      text.append(row(check));
    }
    verdict.notes().forEach(note -> text.append("note: ").append(oneLine(note)).append('\n'));
    return text.toString();
  }

  private String row(LimitCheck check) {
    String result = check.met().map(met -> met ? "met" : "NOT MET").orElse("not measured");
    String painted =
        paint(
            result,
            check.met().map(met -> met ? GREEN : RED).orElse(check.blocks() ? RED : YELLOW));
    return row(
        check.metric().id(),
        check.value().map(value -> shown(check.metric(), value)).orElse("-"),
        (check.metric().atLeast() ? ">= " : "<= ") + shownLimit(check),
        check.distance().orElse("-"),
        painted);
  }

  private static String row(
      String metric, String value, String limit, String distance, String met) {
    return "  %-22s %-10s %-10s %-18s %s\n".formatted(metric, value, limit, distance, met);
  }

  /// Two digits of a percentage, four of a rate; cut off, so that a value below its limit shows so.
  private static String shown(Metric metric, BigDecimal value) {
    return metric == Metric.TEST_COVERAGE
        ? value.setScale(2, RoundingMode.FLOOR).toPlainString() + " %"
        : value.setScale(4, RoundingMode.FLOOR).toPlainString();
  }

  private static String shownLimit(LimitCheck check) {
    String limit = plain(check.limit());
    return check.metric() == Metric.TEST_COVERAGE ? limit + " %" : limit;
  }

  static String plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0).toPlainString() : stripped.toPlainString();
  }

  /// Names of tests are text that somebody else wrote: nothing in them reaches the terminal raw.
  private static String oneLine(String note) {
    return note.replaceAll("\\p{Cc}", "?");
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
