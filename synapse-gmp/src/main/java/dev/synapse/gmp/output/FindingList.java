package dev.synapse.gmp.output;

import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import java.util.List;

/// The part of the page that lists findings.
final class FindingList {
  /// More rows than a reader or a browser copes with; all of them are in the JSON and SARIF files.
  private static final int MOST = 2000;

  /// As many are shown without a click.
  private static final int MOST_OPEN = 20;

  private FindingList() {}

  static void write(GateResult result, StringBuilder html) {
    List<Finding> findings =
        result.findings().stream().filter(each -> each.place().isPresent()).toList();
    if (findings.isEmpty()) {
      return;
    }
    html.append("<section aria-labelledby=\"findings\"><h2 id=\"findings\">Findings</h2>\n")
        .append(
            "<details%s><summary>%d findings</summary>\n"
                .formatted(findings.size() <= MOST_OPEN ? " open=\"\"" : "", findings.size()))
        .append(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\""
                + " aria-label=\"Findings\"><table><caption>")
        .append(
            findings.size() > MOST
                ? "The first %d of %d".formatted(MOST, findings.size())
                : "All of them")
        .append(
            "</caption><thead><tr><th scope=\"col\">Where</th><th scope=\"col\">What</th><th"
                + " scope=\"col\">Metric</th><th"
                + " scope=\"col\">Fingerprint</th></tr></thead><tbody>\n");
    for (Finding finding : findings.subList(0, Math.min(MOST, findings.size()))) {
      Finding.Place place = finding.place().orElseThrow();
      html.append("<tr><th scope=\"row\"><code>")
          .append(Markup.escape(place.file() + ":" + place.firstLine()))
          .append("</code></th><td>")
          .append(Markup.escape(finding.message()))
          .append(finding.changed() ? " (changed)" : "")
          .append(
              finding.waiver().map(id -> " (waiver %s)".formatted(Markup.escape(id))).orElse(""))
          .append("</td><td>")
          .append(finding.metric().id())
          .append("</td><td><code>")
          .append(finding.fingerprint())
          .append("</code></td></tr>\n");
    }
    html.append("</tbody></table></div></details></section>\n");
  }
}
