package dev.synapse.gmp.output;

import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import java.util.List;

/// The part of the page that lists findings.
final class FindingList {
  /// More rows than a reader or a browser copes with; all of them are in the JSON and SARIF files.
  private static final int MOST = 2000;

  /// So few are shown at once.
  private static final int OPEN = 20;

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
                .formatted(findings.size() <= OPEN ? " open=\"\"" : "", findings.size()));
    Table table =
        Table.open(
            html,
            "Findings",
            findings.size() > MOST
                ? "The first %d of %d".formatted(MOST, findings.size())
                : "All of them",
            "Where",
            "What",
            "Metric",
            "Fingerprint");
    for (Finding finding : findings.subList(0, Math.min(MOST, findings.size()))) {
      Finding.Place place = finding.place().orElseThrow();
      table.markedHead(
          "<code>%s</code>".formatted(Markup.escape(place.file() + ":" + place.firstLine())));
      table.cell(
          finding.message()
              + (finding.changed() ? " (changed)" : "")
              + finding.waiver().map(" (waiver %s)"::formatted).orElse(""));
      table.cell(finding.metric().id());
      table.marked("", "<code>%s</code>".formatted(finding.fingerprint()));
      table.endRow();
    }
    table.end();
    html.append("</details></section>\n");
  }
}
