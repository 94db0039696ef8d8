package dev.synapse.gmp.output;

import dev.synapse.gmp.policy.Limit;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.StageLimits;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.LimitCheck;
import dev.synapse.gmp.verdict.Measurement;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.gmp.verdict.Subject;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The part of the page that draws how figures went, record by record, with the lines of the
/// stages.
final class TrendCharts {
  private final GateResult result;
  private final Policy policy;
  private final StringBuilder html;

  private TrendCharts(GateResult result, Policy policy, StringBuilder html) {
    this.result = result;
    this.policy = policy;
    this.html = html;
  }

  static void write(GateResult result, Policy policy, StringBuilder html) {
    if (!result.circumstances().history().isEmpty()) {
      new TrendCharts(result, policy, html).writeAll();
    }
  }

  private void writeAll() {
    html.append("<section aria-labelledby=\"trend\"><h2 id=\"trend\">Trend</h2>\n")
        .append("<p>The last point is this judgement; the lines are what the stages ask for.</p>\n")
        .append("<div class=\"charts\">\n");
    int number = 0;
    for (LimitCheck check : result.verdict().limits()) {
      if (check.subject().origin() == Subject.Origin.STAGE) {
        number++;
        write(check.limit(), number);
      }
    }
    html.append("</div></section>\n");
  }

  private void write(Limit limit, int number) {
    List<Chart.Point> points = new ArrayList<>();
    for (PastRecord record : result.circumstances().history()) {
      add(record.label(), record.find(limit, ""), points);
    }
    Optional<Measurement> now =
        Optional.ofNullable(result.figures().get(PastRecord.key(limit, "")))
            .map(PastRecord.Figure::value);
    add("this one", now, points);
    if (points.stream().anyMatch(point -> point.value().isPresent())) {
      new Chart(limit, points, lines(limit), result.verdict().stage(), number).write(html);
    }
  }

  private static void add(String label, Optional<Measurement> value, List<Chart.Point> points) {
    points.add(new Chart.Point(label, value.map(Measurement::value)));
  }

  /// What each stage of the ladder asks of the same figure.
  private Map<String, BigDecimal> lines(Limit limit) {
    Map<String, BigDecimal> lines = new LinkedHashMap<>();
    for (String name : policy.ladder()) {
      policy.stage(name).map(StageLimits::limits).orElse(List.of()).stream()
          .filter(each -> PastRecord.key(each, "").equals(PastRecord.key(limit, "")))
          .forEach(each -> lines.put(name, each.bound()));
    }
    return lines;
  }
}
