package dev.synapse.gmp.output;

import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.LimitCheck;
import dev.synapse.gmp.verdict.Outcome;
import dev.synapse.gmp.verdict.VerdictText;
import java.util.ArrayList;
import java.util.List;

/// A judgement as a suite of tests, one for each limit and each known vulnerability, which every CI
/// shows. In warn mode nothing fails: a limit that is not met is a skipped test that says so.
public final class JunitXml {
  private enum Kind {
    PASSED,
    FAILED,
    SKIPPED
  }

  private record Case(String name, Kind kind, String message) {}

  private JunitXml() {}

  /// The document, ending with a line break.
  public static String write(GateResult result) {
    List<Case> cases = cases(result);
    long failures = cases.stream().filter(each -> each.kind == Kind.FAILED).count();
    long skipped = cases.stream().filter(each -> each.kind == Kind.SKIPPED).count();
    String stage = Markup.escape(result.verdict().stage());
    var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append(
        "<testsuite name=\"quality gate, stage %s\" tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\">\n"
            .formatted(stage, cases.size(), failures, skipped));
    for (Case each : cases) {
      String start =
          "  <testcase classname=\"gate.%s\" name=\"%s\""
              .formatted(stage, Markup.escape(each.name));
      xml.append(start).append(body(each));
    }
    return xml.append("</testsuite>\n").toString();
  }

  private static String body(Case each) {
    String message = Markup.escape(each.message);
    return switch (each.kind) {
      case PASSED -> "/>\n";
      case FAILED -> "><failure message=\"%s\"/></testcase>\n".formatted(message);
      case SKIPPED -> "><skipped message=\"%s\"/></testcase>\n".formatted(message);
    };
  }

  private static List<Case> cases(GateResult result) {
    List<Case> cases = new ArrayList<>();
    Kind missed = result.verdict().mode() == Mode.STRICT ? Kind.FAILED : Kind.SKIPPED;
    for (LimitCheck check : result.verdict().limits()) {
      String name =
          "%s %s (%s)"
              .formatted(
                  check.metric().id(), VerdictText.shownLimit(check), VerdictText.scope(check));
      cases.add(new Case(name, kind(check, missed), message(check)));
    }
    boolean blocked =
        result.verdict().blocking().stream()
            .anyMatch(check -> check.metric() == Metric.SBOM_FINDINGS);
    for (Finding finding : result.vulnerabilities()) {
      Kind kind = blocked && finding.waiver().isEmpty() ? missed : Kind.SKIPPED;
      String answer = finding.waiver().map(id -> ", waiver " + id).orElse("");
      cases.add(
          new Case("vulnerability " + finding.fingerprint(), kind, finding.message() + answer));
    }
    for (String expired : result.verdict().expired()) {
      cases.add(new Case("waivers have not expired", missed, "waiver " + expired));
    }
    return cases;
  }

  private static Kind kind(LimitCheck check, Kind missed) {
    if (check.blocks()) {
      return missed;
    }
    boolean met = check.outcome() instanceof Outcome.Measured && !check.fails();
    return met ? Kind.PASSED : Kind.SKIPPED;
  }

  static String message(LimitCheck check) {
    String value = VerdictText.shownValue(check).orElse("not measured");
    String waiver = check.waiver().map(id -> ", waiver " + id).orElse("");
    return "%s, %s%s".formatted(value, check.distance().or(check::reason).orElse(""), waiver);
  }
}
