package dev.synapse.gmp.output;

import dev.synapse.gmp.verdict.Deviation;
import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.LimitCheck;
import dev.synapse.gmp.verdict.VerdictText;
import dev.synapse.gmp.verdict.Vulnerability;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// A judgement for a pull request or a job's summary, in GitHub's Markdown.
public final class MarkdownSummary {
  private static final int MOST_FINDINGS = 20;
  private static final Pattern MEANINGFUL = Pattern.compile("[\\\\`*_{}\\[\\]()<>#+!|~@&-]");

  private MarkdownSummary() {}

  /// The document, ending with a line break.
  public static String write(GateResult result) {
    var verdict = result.verdict();
    var text = new StringBuilder();
    text.append(
        "## Quality gate: %s\n\nStage **%s**, mode **%s**, %s.\n\n"
            .formatted(
                verdict.disposition().id().toUpperCase(Locale.ROOT),
                escape(verdict.stage()),
                verdict.mode().id(),
                verdict.compliant() ? "compliant" : "not compliant"));
    verdict.strictWould().ifPresent(would -> text.append(escape(would)).append("\n\n"));
    text.append("| metric | value | limit | scope | distance | result |\n");
    text.append("|---|---:|---:|---|---|---|\n");
    verdict.limits().forEach(check -> text.append(row(check)));
    addVulnerabilities(result, text);
    addFindings(result, text);
    addList(
        "Deviations", result.deviations().stream().map(MarkdownSummary::deviation).toList(), text);
    addList("Notes", verdict.notes().stream().map(MarkdownSummary::escape).toList(), text);
    text.append('\n')
        .append(escape(result.recommendation().toText().replace('\n', ' ')))
        .append('\n');
    return text.toString();
  }

  private static String row(LimitCheck check) {
    return "| `%s` | %s | %s | %s | %s | %s |\n"
        .formatted(
            check.metric().id(),
            escape(VerdictText.shownValue(check).orElse("–")),
            escape(VerdictText.shownLimit(check)),
            escape(VerdictText.scope(check)),
            escape(check.distance().or(check::reason).orElse("–")),
            check.blocks() ? "**" + VerdictText.result(check) + "**" : VerdictText.result(check));
  }

  private static void addVulnerabilities(GateResult result, StringBuilder text) {
    if (result.vulnerabilities().isEmpty()) {
      return;
    }
    text.append("\n### Known vulnerabilities\n\n");
    text.append("| id | component | version | severity | fixed in | answer | fingerprint |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    for (Finding finding : result.vulnerabilities()) {
      Vulnerability known = finding.vulnerability().orElseThrow();
      text.append(
          "| %s | %s | %s | %s | %s | %s | `%s` |\n"
              .formatted(
                  escape(known.id()),
                  escape(known.component()),
                  escape(known.version()),
                  escape(known.shownSeverity()),
                  escape(String.join(", ", known.fixed())),
                  escape(finding.waiver().orElse("open")),
                  finding.fingerprint()));
    }
  }

  /// Those that the change touches; without a change all.
  private static void addFindings(GateResult result, StringBuilder text) {
    boolean change = result.evidence().change().isPresent();
    List<Finding> shown =
        result.findings().stream()
            .filter(finding -> finding.place().isPresent() && finding.waiver().isEmpty())
            .filter(finding -> finding.changed() || !change)
            .toList();
    if (shown.isEmpty()) {
      return;
    }
    text.append(
        "\n<details><summary>%d findings%s</summary>\n\n"
            .formatted(shown.size(), change ? " on changed lines" : ""));
    for (Finding finding : shown.subList(0, Math.min(MOST_FINDINGS, shown.size()))) {
      Finding.Place place = finding.place().orElseThrow();
      text.append(
          "- `%s:%d` %s\n"
              .formatted(
                  place.file().replace('`', '\''), place.firstLine(), escape(finding.message())));
    }
    if (shown.size() > MOST_FINDINGS) {
      text.append("- and %d more\n".formatted(shown.size() - MOST_FINDINGS));
    }
    text.append("\n</details>\n");
  }

  private static String deviation(Deviation deviation) {
    String answer = deviation.answer().map(id -> "answered by waiver " + id).orElse("open");
    return "%s, %s (%s)"
        .formatted(escape(deviation.subject()), escape(deviation.message()), escape(answer));
  }

  private static void addList(String heading, List<String> lines, StringBuilder text) {
    if (!lines.isEmpty()) {
      text.append("\n### ").append(heading).append("\n\n");
      lines.forEach(line -> text.append("- ").append(line).append('\n'));
    }
  }

  /// What means something in Markdown or HTML, or calls somebody, is text.
  private static String escape(String text) {
    return MEANINGFUL.matcher(text.replaceAll("\\p{Cc}", " ")).replaceAll("\\\\$0");
  }
}
