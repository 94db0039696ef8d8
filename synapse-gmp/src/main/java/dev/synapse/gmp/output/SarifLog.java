package dev.synapse.gmp.output;

import static dev.synapse.gmp.output.JsonObjects.object;

import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.LimitCheck;
import dev.synapse.gmp.verdict.VerdictText;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Findings and limits that are not met, for tools that show results of analyses.
///
/// @see <a href="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html">SARIF 2.1.0</a>
public final class SarifLog {
  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
  private static final String ROOT = "SRCROOT";

  private SarifLog() {}

  /// The document, ending with a line break.
  public static String write(GateResult result) {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Map<String, @Nullable Object> log =
        object("$schema", SCHEMA, "version", "2.1.0", "runs", List.of(run(result)));
    return mapper.writeValueAsString(log) + "\n";
  }

  private static Map<String, @Nullable Object> run(GateResult result) {
    Set<Metric> used = EnumSet.noneOf(Metric.class);
    List<Object> results = new ArrayList<>();
    String missed = result.verdict().disposition() == Disposition.REJECTED ? "error" : "warning";
    for (LimitCheck check : result.verdict().limits()) {
      if (check.fails()) {
        used.add(check.metric());
        results.add(limit(check, check.blocks() ? missed : "note"));
      }
    }
    for (Finding finding : result.findings()) {
      used.add(finding.metric());
      results.add(finding(finding, isBlocked(result, finding.metric()) ? missed : "note"));
    }
    return object(
        "tool",
        object(
            "driver",
            object("name", "Synapse", "rules", used.stream().map(SarifLog::rule).toList())),
        "columnKind",
        "unicodeCodePoints",
        "originalUriBaseIds",
        object(ROOT, object("description", object("text", "The folder of the project."))),
        "results",
        results);
  }

  private static boolean isBlocked(GateResult result, Metric metric) {
    return result.verdict().blocking().stream().anyMatch(check -> check.metric() == metric);
  }

  private static Map<String, @Nullable Object> rule(Metric metric) {
    return object(
        "id", metric.id(),
        "shortDescription", object("text", "Limit on %s.".formatted(metric.id().replace('_', ' '))),
        "fullDescription",
            object("text", "Counted by definition %s.".formatted(metric.definition())));
  }

  private static Map<String, @Nullable Object> limit(LimitCheck check, String level) {
    String text =
        "%s, %s: %s; the limit is %s."
            .formatted(
                check.metric().id(),
                VerdictText.scope(check),
                JunitXml.message(check),
                VerdictText.shownLimit(check));
    Map<String, @Nullable Object> result =
        object("ruleId", check.metric().id(), "level", level, "message", object("text", text));
    check.waiver().ifPresent(id -> result.put("suppressions", suppressed(id)));
    return result;
  }

  private static Map<String, @Nullable Object> finding(Finding finding, String level) {
    Map<String, @Nullable Object> result =
        object(
            "ruleId", finding.rule(),
            "level", level,
            "message", object("text", finding.message() + "."));
    finding.place().ifPresent(place -> result.put("locations", List.of(location(place))));
    result.put("partialFingerprints", object("synapse/v1", finding.fingerprint()));
    finding
        .vulnerability()
        .ifPresent(
            known ->
                result.put("properties", object("vulnerability", ResultJson.vulnerability(known))));
    finding.waiver().ifPresent(id -> result.put("suppressions", suppressed(id)));
    return result;
  }

  private static List<Object> suppressed(String waiver) {
    return List.of(object("kind", "external", "justification", "waiver " + waiver));
  }

  private static Map<String, @Nullable Object> location(Finding.Place place) {
    return object(
        "physicalLocation",
        object(
            "artifactLocation", object("uri", uri(place.file()), "uriBaseId", ROOT),
            "region", object("startLine", place.firstLine(), "endLine", place.lastLine())));
  }

  /// A relative reference: a name that holds a colon is none of a scheme.
  private static String uri(String path) {
    try {
      return new URI(null, null, "/" + path, null).toASCIIString().substring(1).replace(":", "%3A");
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(path, e);
    }
  }
}
