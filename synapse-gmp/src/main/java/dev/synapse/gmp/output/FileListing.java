package dev.synapse.gmp.output;

import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.verdict.FileLines;
import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The part of the page that shows source files, each line with what tests did to it. Signs say it
/// as well as colours. Files in which every line ran are only listed, and so are the rest once a
/// page has as many lines as a browser shows without effort.
final class FileListing {
  private static final int MOST_LINES = 60_000;
  private static final String LEGEND =
      "Signs before a line: + it ran, - it did not, ~ it ran and a branch of it was not taken,"
          + " ! a finding on the line above.";

  private final GateResult result;
  private final SourceText texts;
  private final StringBuilder html;
  private final Map<String, List<Finding>> findings;
  private int shownLines;

  FileListing(GateResult result, SourceText texts, StringBuilder html) {
    this.result = result;
    this.texts = texts;
    this.html = html;
    this.findings =
        result.findings().stream()
            .filter(each -> each.place().isPresent())
            .collect(
                Collectors.groupingBy(
                    each -> each.place().orElseThrow().file(), TreeMap::new, Collectors.toList()));
  }

  void write() {
    List<FileLines> files =
        result.evidence().lines().stream()
            .sorted(
                Comparator.<FileLines>comparingInt(file -> -file.missed().size())
                    .thenComparing(FileLines::path))
            .toList();
    if (files.isEmpty()) {
      return;
    }
    html.append("<section aria-labelledby=\"files\"><h2 id=\"files\">Files</h2>\n<p>")
        .append(Markup.escape(LEGEND))
        .append(" The files with the most lines that did not run come first.</p>\n");
    files.forEach(this::writeFile);
    html.append("</section>\n");
  }

  private void writeFile(FileLines file) {
    String heading =
        "<code>%s</code>: %s"
            .formatted(
                Markup.escape(file.path()),
                HtmlReport.percent(new Covered(file.covered().size(), file.missed().size())));
    Optional<List<String>> lines = worthShowing(file) ? texts.lines(file.path()) : Optional.empty();
    if (lines.isEmpty() || shownLines + lines.get().size() > MOST_LINES) {
      html.append("<p>").append(heading).append("</p>\n");
      return;
    }
    shownLines += lines.get().size();
    html.append("<details><summary>")
        .append(heading)
        .append("</summary>\n")
        .append(
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Source of %s\"><pre>\n"
                .formatted(Markup.escape(file.path())));
    writeLines(file, lines.get());
    html.append("</pre></div></details>\n");
  }

  private boolean worthShowing(FileLines file) {
    return !file.missed().isEmpty()
        || !file.partly().isEmpty()
        || findings.containsKey(file.path());
  }

  private void writeLines(FileLines file, List<String> lines) {
    Map<Integer, List<Finding>> here =
        findings.getOrDefault(file.path(), List.of()).stream()
            .collect(Collectors.groupingBy(each -> each.place().orElseThrow().firstLine()));
    var partly = file.partly();
    int last = lines.size() > 1 && lines.getLast().isEmpty() ? lines.size() - 1 : lines.size();
    for (int number = 1; number <= last; number++) {
      String text = Markup.escape(lines.get(number - 1));
      if (file.missed().contains(number)) {
        html.append("<span class=\"m\">%5d - %s</span>\n".formatted(number, text));
      } else if (partly.contains(number)) {
        html.append("<span class=\"p\">%5d ~ %s</span>\n".formatted(number, text));
      } else {
        char sign = file.covered().contains(number) ? '+' : ' ';
        html.append("%5d %c %s\n".formatted(number, sign, text));
      }
      for (Finding finding : here.getOrDefault(number, List.of())) {
        html.append(
            "<span class=\"f\">      ! %s: %s%s</span>\n"
                .formatted(
                    finding.metric().id(),
                    Markup.escape(finding.message()),
                    finding.waiver().map(id -> " (waiver %s)".formatted(id)).orElse("")));
      }
    }
  }
}
