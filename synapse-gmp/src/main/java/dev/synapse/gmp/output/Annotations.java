package dev.synapse.gmp.output;

import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.LimitCheck;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Workflow commands of GitHub, which show limits and findings beside the lines of a pull request.
///
/// @see <a href="https://docs.github.com/actions/reference/workflow-commands-for-github-actions">
///   Workflow commands for GitHub Actions</a>
public final class Annotations {
  /// GitHub shows ten of each kind for a step; more than this only fills the log.
  private static final int MOST = 50;

  private Annotations() {}

  /// One command on each line; what is touched by the change comes first.
  public static String write(GateResult result) {
    String level = level(result);
    List<String> lines = new ArrayList<>();
    for (LimitCheck check : result.verdict().limits()) {
      if (check.fails()) {
        lines.add(
            command(
                check.blocks() ? level : "notice",
                "title=" + property("gate: " + check.metric().id()),
                JunitXml.message(check)));
      }
    }
    result.findings().stream()
        .filter(finding -> finding.waiver().isEmpty())
        .sorted(Comparator.comparing(finding -> !finding.changed()))
        .map(Annotations::finding)
        .forEach(lines::add);
    int more = lines.size() - MOST;
    List<String> shown = new ArrayList<>(lines.subList(0, Math.min(MOST, lines.size())));
    if (more > 0) {
      shown.add(command("notice", "title=gate", more + " more are in the report"));
    }
    return String.join("", shown);
  }

  private static String level(GateResult result) {
    return result.verdict().disposition() == Disposition.REJECTED ? "error" : "warning";
  }

  private static String finding(Finding finding) {
    String title = "title=" + property(finding.rule());
    String place =
        finding
            .place()
            .map(
                at ->
                    "file=%s,line=%d,endLine=%d,"
                        .formatted(property(at.file()), at.firstLine(), at.lastLine()))
            .orElse("");
    return command(
        finding.place().isEmpty() ? "warning" : "notice", place + title, finding.message());
  }

  private static String command(String level, String properties, String message) {
    return "::%s %s::%s\n".formatted(level, properties, data(message));
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
