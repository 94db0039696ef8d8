package dev.synapse.gmp.output;

import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.verdict.Numbers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// One figure over the records, drawn by hand in SVG, with the same numbers as a table for those
/// who do not see it.
///
/// @param number of the chart on its page
record Chart(
    Limit limit, List<Point> points, Map<String, BigDecimal> stages, String stage, int number) {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 190;
  private static final int LEFT = 46;
  private static final int RIGHT = 325;
  private static final int TOP = 14;
  private static final int BOTTOM = 160;
  private static final int LABEL_STEP = 13;
  private static final int LABEL_GAP = 4;
  private static final int DOT = 3;
  private static final double MARGIN = 0.08;

  /// A figure of one record; empty where it was not measured.
  record Point(String label, Optional<BigDecimal> value) {}

  void write(StringBuilder html) {
    String name = limit.metric().id() + scope();
    html.append("<figure><figcaption><h3>")
        .append(Markup.escape(name))
        .append("</h3></figcaption>\n");
    html.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"c%dt c%dd\"><title id=\"c%dt\">%s over %d records</title><desc id=\"c%dd\">%s</desc>\n"
            .formatted(
                WIDTH,
                HEIGHT,
                number,
                number,
                number,
                Markup.escape(name),
                points.size(),
                number,
                Markup.escape(description())));
    Axis axis = axis();
    line("axis", LEFT, TOP, LEFT, BOTTOM, html);
    line("axis", LEFT, BOTTOM, RIGHT, BOTTOM, html);
    text(LEFT - LABEL_GAP, TOP + LABEL_GAP, "end", axis.shown(axis.most), html);
    text(LEFT - LABEL_GAP, BOTTOM, "end", axis.shown(axis.least), html);
    text(LEFT, BOTTOM + LABEL_STEP + LABEL_GAP, "start", points.getFirst().label(), html);
    text(RIGHT, BOTTOM + LABEL_STEP + LABEL_GAP, "end", points.getLast().label(), html);
    drawStages(axis, html);
    drawValues(axis, html);
    html.append("</svg>\n");
    writeTable(html);
    html.append("</figure>\n");
  }

  private String scope() {
    String scope = limit.scope().id();
    return scope.equals("project") ? "" : ", " + scope;
  }

  private String description() {
    return "From %s to %s. %s"
        .formatted(
            shown(points.getFirst()),
            shown(points.getLast()),
            String.join(
                ", ",
                stages.entrySet().stream()
                    .map(each -> each.getKey() + " asks for " + Numbers.plain(each.getValue()))
                    .toList()));
  }

  private static String shown(Point point) {
    return point.value().map(BigDecimal::toPlainString).orElse("not measured");
  }

  private record Axis(double least, double most) {
    double y(double value) {
      return BOTTOM - (value - least) / (most - least) * (BOTTOM - TOP);
    }

    String shown(double value) {
      return String.format(Locale.ROOT, most - least < 2 ? "%.2f" : "%.0f", value);
    }
  }

  private Axis axis() {
    List<Double> all =
        Stream.concat(
                points.stream().flatMap(point -> point.value().stream()), stages.values().stream())
            .map(BigDecimal::doubleValue)
            .toList();
    double least = all.stream().min(Comparator.naturalOrder()).orElse(0.0);
    double most = all.stream().max(Comparator.naturalOrder()).orElse(1.0);
    double margin = most > least ? (most - least) * MARGIN : 1;
    return new Axis(Math.max(0, least - margin), most + margin);
  }

  /// Labels stand beside their lines, pushed down where two would stand on one another.
  private void drawStages(Axis axis, StringBuilder html) {
    List<Map.Entry<String, BigDecimal>> sorted =
        stages.entrySet().stream()
            .sorted(Map.Entry.<String, BigDecimal>comparingByValue().reversed())
            .toList();
    double free = 0;
    for (Map.Entry<String, BigDecimal> each : sorted) {
      double y = axis.y(each.getValue().doubleValue());
      line(each.getKey().equals(stage) ? "stage now" : "stage", LEFT, y, RIGHT, y, html);
      double label = Math.max(y + LABEL_GAP, free);
      free = label + LABEL_STEP;
      text(
          RIGHT + LABEL_GAP,
          label,
          "start",
          each.getKey() + " " + Numbers.plain(each.getValue()),
          html);
    }
  }

  private void drawValues(Axis axis, StringBuilder html) {
    double step = points.size() < 2 ? 0 : (double) (RIGHT - LEFT) / (points.size() - 1);
    List<String> run = new ArrayList<>();
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < points.size(); i++) {
      Optional<BigDecimal> value = points.get(i).value();
      if (value.isEmpty()) {
        polyline(run, html);
        run.clear();
        continue;
      }
      double x = LEFT + i * step;
      double y = axis.y(value.get().doubleValue());
      run.add(format(x) + "," + format(y));
      dots.append(
          "<circle class=\"dot\" cx=\"%s\" cy=\"%s\" r=\"%d\"><title>%s: %s</title></circle>\n"
              .formatted(
                  format(x),
                  format(y),
                  DOT,
                  Markup.escape(points.get(i).label()),
                  value.get().toPlainString()));
    }
    polyline(run, html);
    html.append(dots);
  }

  private static void polyline(List<String> points, StringBuilder html) {
    if (points.size() > 1) {
      html.append(
          "<polyline class=\"value\" points=\"%s\"/>\n".formatted(String.join(" ", points)));
    }
  }

  private static void line(
      String kind, double x1, double y1, double x2, double y2, StringBuilder html) {
    html.append(
        "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n"
            .formatted(kind, format(x1), format(y1), format(x2), format(y2)));
  }

  private static void text(double x, double y, String anchor, String text, StringBuilder html) {
    html.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n"
            .formatted(format(x), format(y), anchor, Markup.escape(text)));
  }

  private static String format(double coordinate) {
    return String.format(Locale.ROOT, "%.1f", coordinate);
  }

  private void writeTable(StringBuilder html) {
    html.append(
        "<details><summary>The numbers</summary><table><thead><tr><th scope=\"col\">Record</th><th"
            + " scope=\"col\">Value</th></tr></thead><tbody>\n");
    for (Point point : points) {
      html.append("<tr><th scope=\"row\">")
          .append(Markup.escape(point.label()))
          .append("</th><td class=\"n\">")
          .append(shown(point))
          .append("</td></tr>\n");
    }
    html.append("</tbody></table></details>\n");
  }
}
