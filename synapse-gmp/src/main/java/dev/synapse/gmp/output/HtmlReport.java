package dev.synapse.gmp.output;

import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.Unit;
import dev.synapse.gmp.report.CoverageModule;
import dev.synapse.gmp.report.CoverageReport;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.TestCounts;
import dev.synapse.gmp.report.TestModule;
import dev.synapse.gmp.report.TestReport;
import dev.synapse.gmp.verdict.Deviation;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.LimitCheck;
import dev.synapse.gmp.verdict.Measurement;
import dev.synapse.gmp.verdict.Modules;
import dev.synapse.gmp.verdict.Verdict;
import dev.synapse.gmp.verdict.VerdictText;
import dev.synapse.gmp.verdict.Vulnerability;
import dev.synapse.gmp.waiver.Waiver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// A judgement as one file for browsers and printers: no script, nothing from the network, which
/// its content security policy forbids as well. Light or dark as the reader's system is.
public final class HtmlReport {
  private static final String STYLE = "report.css";

  private final GateResult result;
  private final Policy policy;
  private final SourceText texts;
  private final StringBuilder html = new StringBuilder();

  private HtmlReport(GateResult result, Policy policy, SourceText texts) {
    this.result = result;
    this.policy = policy;
    this.texts = texts;
  }

  /// The document.
  ///
  /// @param policy whose stages are drawn in the trend
  public static String write(GateResult result, Policy policy, SourceText texts) {
    var report = new HtmlReport(result, policy, texts);
    report.writeAll();
    return report.html.toString();
  }

  private void writeAll() {
    Verdict verdict = result.verdict();
    String title = "Quality gate: " + verdict.disposition().id();
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
                + " 'unsafe-inline'\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<link rel=\"icon\" href=\"data:,\">")
        .append("<title>")
        .append(Markup.escape(title))
        .append("</title>\n<style>\n")
        .append(style())
        .append("</style></head><body>\n")
        .append("<a class=\"skip\" href=\"#limits\">To the limits</a>\n");
    writeHeader(verdict);
    html.append("<main>\n");
    writeLimits(verdict);
    writeDeviations();
    writeVulnerabilities();
    writeModules();
    TrendCharts.write(result, policy, html);
    FindingList.write(result, html);
    new FileListing(result, texts, html).write();
    html.append("</main>\n");
    writeFooter();
    html.append("</body></html>\n");
  }

  private static String style() {
    try (InputStream in =
        Objects.requireNonNull(HtmlReport.class.getResourceAsStream(STYLE), STYLE)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void writeHeader(Verdict verdict) {
    Disposition disposition = verdict.disposition();
    html.append(
            "<header>\n<h1>Quality gate: <span class=\"verdict %s\">%s</span></h1>\n"
                .formatted(colour(disposition), disposition.id().toUpperCase(Locale.ROOT)))
        .append(
            "<p>%s at stage <strong>%s</strong>, mode <strong>%s</strong>."
                .formatted(
                    verdict.compliant() ? "Compliant" : "Not compliant",
                    Markup.escape(verdict.stage()),
                    verdict.mode().id()));
    if (!verdict.compliant()) {
      html.append(" In the way: ").append(Markup.escape(verdict.obstacles())).append('.');
    }
    html.append("</p>\n");
    verdict.strictWould().ifPresent(would -> paragraph("S" + would.substring(1) + "."));
    result
        .recommendation()
        .toText()
        .lines()
        .forEach(
            line ->
                paragraph(line.substring(0, 1).toUpperCase(Locale.ROOT) + line.substring(1) + "."));
    html.append("</header>\n");
  }

  private void paragraph(String text) {
    html.append("<p>").append(Markup.escape(text)).append("</p>\n");
  }

  private static String colour(Disposition disposition) {
    return switch (disposition) {
      case RELEASED -> "good";
      case RELEASED_WITH_DEVIATIONS -> "warn";
      case REJECTED -> "bad";
    };
  }

  private void section(String id, String heading) {
    html.append(
        "<section aria-labelledby=\"%s\"><h2 id=\"%s\">%s</h2>\n".formatted(id, id, heading));
  }

  private Table table(String caption, String... headings) {
    return Table.open(html, caption, caption, headings);
  }

  private void writeLimits(Verdict verdict) {
    section("limits", "Limits");
    Table table =
        table(
            "Each limit, what was measured, and how far it is from the limit and from the next"
                + " stage",
            "Metric",
            "Result",
            "Value",
            "Limit",
            "Distance",
            "Scope",
            "To the next stage",
            "Of",
            "Definition");
    verdict.limits().forEach(check -> writeLimit(check, table));
    table.end();
    for (LimitCheck check : verdict.limits()) {
      if (check.outcome() instanceof dev.synapse.gmp.verdict.Outcome.Measured(_, var files)
          && !files.isEmpty()) {
        html.append(
            "<details><summary>%s: %d files without data</summary><ul>"
                .formatted(check.metric().id(), files.size()));
        files.forEach(
            file -> html.append("<li><code>").append(Markup.escape(file)).append("</code></li>"));
        html.append("</ul></details>\n");
      }
    }
    writeNotes("Notes", verdict.notes());
    html.append("</section>\n");
  }

  private static void writeLimit(LimitCheck check, Table table) {
    table.head(check.metric().id());
    table.marked(colour(check), "<strong>%s</strong>".formatted(VerdictText.result(check)));
    table.number(VerdictText.shownValue(check).orElse("–"));
    table.number(VerdictText.shownLimit(check));
    table.cell(check.distance().or(check::reason).orElse("–"));
    table.cell(VerdictText.scope(check));
    table.cell(check.nextDistance().orElse("–"));
    table.number(check.measured().map(HtmlReport::counts).orElse("–"));
    table.cell(check.metric().definition());
    table.endRow();
  }

  private static String colour(LimitCheck check) {
    if (check.blocks()) {
      return "bad";
    }
    return check.met().orElse(false) ? "good" : "warn";
  }

  private static String counts(Measurement value) {
    return value.part() + (value.whole() == 1 ? "" : " of " + value.whole());
  }

  private void writeNotes(String heading, List<String> notes) {
    if (!notes.isEmpty()) {
      html.append("<h3>").append(heading).append("</h3><ul>\n");
      notes.forEach(note -> html.append("<li>").append(Markup.escape(note)).append("</li>\n"));
      html.append("</ul>\n");
    }
  }

  private void writeDeviations() {
    List<Waiver> waivers = result.circumstances().waivers().all();
    if (result.deviations().isEmpty() && waivers.isEmpty()) {
      return;
    }
    section("deviations", "Deviations and waivers");
    if (!result.deviations().isEmpty()) {
      Table table = table("What departs from what was asked", "Kind", "Subject", "How", "Answer");
      for (Deviation deviation : result.deviations()) {
        table.head(deviation.kind().id());
        table.cell(deviation.subject());
        table.cell(deviation.message());
        table.cell(deviation.answer().map(id -> "waiver " + id).orElse("open"));
        table.endRow();
      }
      table.end();
    }
    if (!waivers.isEmpty()) {
      Table table =
          table(
              "Waivers, judged on " + result.circumstances().waivers().day(),
              "Waiver",
              "For",
              "Reason",
              "Risk",
              "Requested by",
              "Approved by",
              "Expires");
      for (Waiver waiver : waivers) {
        table.head(waiver.id());
        table.cell(waiver.target().shown());
        table.cell(waiver.grounds().reason());
        table.cell(waiver.grounds().risk());
        table.cell(waiver.grounds().requestedBy());
        table.cell(waiver.grounds().approvedBy());
        table.cell(waiver.expires().toString());
        table.endRow();
      }
      table.end();
    }
    html.append("</section>\n");
  }

  private void writeVulnerabilities() {
    List<Finding> known = result.vulnerabilities();
    if (known.isEmpty()) {
      return;
    }
    section("vulnerabilities", "Known vulnerabilities");
    Table table =
        table(
            "Known vulnerabilities of components",
            "Id",
            "Component",
            "Version",
            "Severity",
            "Fixed in",
            "Answer",
            "Fingerprint");
    for (Finding finding : known) {
      Vulnerability each = finding.vulnerability().orElseThrow();
      table.head(
          each.aliases().isEmpty()
              ? each.id()
              : each.id() + " (" + String.join(", ", each.aliases()) + ")");
      table.cell(each.component());
      table.cell(each.version());
      table.cell(each.shownSeverity());
      table.cell(each.fixed().isEmpty() ? "–" : String.join(", ", each.fixed()));
      table.cell(finding.waiver().map(id -> "waiver " + id).orElse("open"));
      table.cell(finding.fingerprint());
      table.endRow();
    }
    table.end();
    html.append("</section>\n");
  }

  private void writeModules() {
    List<String> modules = Modules.of(result.evidence().report()).names();
    if (modules.isEmpty()) {
      return;
    }
    section("modules", "Modules");
    Table table =
        table(
            "Tests and coverage of each module",
            "Module",
            "Tests executed",
            "Passed",
            "Skipped",
            "Line coverage",
            "Branch coverage");
    for (String module : modules) {
      table.head(module);
      Optional<TestCounts> tests = tests(module);
      table.number(tests.map(each -> "" + each.executed()).orElse("–"));
      table.number(tests.map(each -> "" + each.passed()).orElse("–"));
      table.number(tests.map(each -> "" + each.skipped()).orElse("–"));
      table.number(
          coverage(module).flatMap(CoverageModule::lines).map(HtmlReport::percent).orElse("–"));
      table.number(
          coverage(module).flatMap(CoverageModule::branches).map(HtmlReport::percent).orElse("–"));
      table.endRow();
    }
    table.end();
    html.append("</section>\n");
  }

  private Optional<TestCounts> tests(String module) {
    return result.evidence().report().tests().map(TestReport::modules).orElse(List.of()).stream()
        .filter(each -> each.name().equals(module))
        .map(TestModule::counts)
        .findFirst();
  }

  private Optional<CoverageModule> coverage(String module) {
    return result
        .evidence()
        .report()
        .coverage()
        .map(CoverageReport::modules)
        .orElse(List.of())
        .stream()
        .filter(each -> each.name().equals(module))
        .findFirst();
  }

  static String percent(Covered covered) {
    return covered.total() == 0
        ? "no data"
        : "%s %%, %d of %d"
            .formatted(
                new Measurement(covered.covered(), covered.total(), Unit.PERCENT)
                    .value()
                    .setScale(1, java.math.RoundingMode.FLOOR),
                covered.covered(),
                covered.total());
  }

  private void writeFooter() {
    html.append(
        "<footer><p>Policy <code>%s</code>%s. Made by Synapse from declared inputs only: the same inputs give the same page.</p></footer>\n"
            .formatted(
                Markup.escape(result.circumstances().policyDigest()),
                result
                    .circumstances()
                    .revision()
                    .map(revision -> ", revision <code>" + Markup.escape(revision) + "</code>")
                    .orElse("")));
  }
}
