package dev.synapse.gmp.output;

import static dev.synapse.gmp.output.JsonObjects.object;

import dev.synapse.gmp.verdict.Change;
import dev.synapse.gmp.verdict.Deviation;
import dev.synapse.gmp.verdict.FileLines;
import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.LimitCheck;
import dev.synapse.gmp.verdict.Measurement;
import dev.synapse.gmp.verdict.Outcome;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.gmp.verdict.Recommendation;
import dev.synapse.gmp.verdict.Vulnerability;
import dev.synapse.gmp.waiver.Waiver;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// A judgement for programs: `schemas/gate-result-v1.json`. What [ResultReader] reads back as a
/// baseline, or as a part of a trend.
public final class ResultJson {
  static final int VERSION = 1;

  private ResultJson() {}

  /// One line of JSON.
  public static String write(GateResult result) {
    return new JsonMapper().writeValueAsString(of(result));
  }

  /// Maps, lists, texts, numbers.
  public static Map<String, @Nullable Object> of(GateResult result) {
    var verdict = result.verdict();
    var circumstances = result.circumstances();
    return object(
        "version", VERSION,
        "stage", verdict.stage(),
        "mode", verdict.mode().id(),
        "compliant", verdict.compliant(),
        "disposition", verdict.disposition().id(),
        "strict", verdict.strictWould().orElse(null),
        "policy", circumstances.policyDigest(),
        "revision", circumstances.revision().orElse(null),
        "limits", verdict.limits().stream().map(ResultJson::limit).toList(),
        "recommendation", recommendation(result.recommendation()),
        "change", result.evidence().change().map(ResultJson::change).orElse(null),
        "baseline", circumstances.baseline().map(ResultJson::baseline).orElse(null),
        "waivers",
            circumstances.waivers().all().stream().map(each -> waiver(each, result)).toList(),
        "deviations", result.deviations().stream().map(ResultJson::deviation).toList(),
        "findings", result.findings().stream().map(ResultJson::finding).toList(),
        "files", result.evidence().lines().stream().map(ResultJson::file).toList(),
        "figures", figures(result),
        "notes", verdict.notes());
  }

  private static Map<String, @Nullable Object> limit(LimitCheck check) {
    Optional<Measurement> measured = check.measured();
    return object(
        "metric", check.metric().id(),
        "value", check.value().orElse(null),
        "limit", number(check.limit().bound()),
        "met", check.met().orElse(null),
        "unit", check.limit().unit().id(),
        "atLeast", check.metric().atLeast(),
        "scope", check.limit().scope().id(),
        "over", check.limit().over().map(ResultJson::number).orElse(null),
        "severity", check.limit().severity().id(),
        "definition", check.metric().definition(),
        "origin", check.subject().origin().id(),
        "module", check.subject().module().isEmpty() ? null : check.subject().module(),
        "numerator", measured.map(Measurement::part).orElse(null),
        "denominator", measured.map(Measurement::whole).orElse(null),
        "distance", check.distance().orElse(null),
        "next", check.next().map(bound -> next(check, bound)).orElse(null),
        "filesWithoutData",
            check.outcome() instanceof Outcome.Measured(_, var files) ? files : List.of(),
        "reason", check.reason().orElse(null),
        "blocks", check.blocks(),
        "waiver", check.waiver().orElse(null));
  }

  private static Map<String, @Nullable Object> next(LimitCheck check, BigDecimal bound) {
    return object("limit", number(bound), "distance", check.nextDistance().orElse(null));
  }

  private static Map<String, @Nullable Object> recommendation(Recommendation recommendation) {
    return object(
        "stage", recommendation.met().orElse(null),
        "next", recommendation.next().orElse(null),
        "blocking",
            recommendation.blocking().stream()
                .map(
                    check ->
                        object(
                            "metric", check.metric().id(),
                            "scope", check.limit().scope().id(),
                            "value", check.value().orElse(null),
                            "limit", number(check.limit().bound()),
                            "distance", check.distance().orElse(null)))
                .toList(),
        "promotion",
            recommendation
                .promotion()
                .map(
                    step ->
                        object(
                            "from", step.from(),
                            "to", step.to(),
                            "held", step.held(),
                            "needed", step.needed(),
                            "promote", step.due()))
                .orElse(null));
  }

  private static Map<String, @Nullable Object> change(Change change) {
    return object(
        "base", change.lines().base().orElse(null),
        "files", change.lines().files().size(),
        "codeLines", change.codeLines(),
        "linesWithData", change.linesWithData());
  }

  private static Map<String, @Nullable Object> baseline(PastRecord record) {
    return object("label", record.label(), "revision", record.revision().orElse(null));
  }

  private static Map<String, @Nullable Object> waiver(Waiver waiver, GateResult result) {
    return object(
        "id", waiver.id(),
        "target", waiver.target().shown(),
        "reason", waiver.grounds().reason(),
        "risk", waiver.grounds().risk(),
        "requestedBy", waiver.grounds().requestedBy(),
        "approvedBy", waiver.grounds().approvedBy(),
        "expires", waiver.expires().toString(),
        "expired", waiver.isExpired(result.circumstances().waivers().day()));
  }

  private static Map<String, @Nullable Object> deviation(Deviation deviation) {
    return object(
        "kind", deviation.kind().id(),
        "subject", deviation.subject(),
        "message", deviation.message(),
        "answer", deviation.answer().orElse(null));
  }

  private static Map<String, @Nullable Object> finding(Finding finding) {
    return object(
        "metric", finding.metric().id(),
        "file", finding.place().map(Finding.Place::file).orElse(null),
        "firstLine", finding.place().map(Finding.Place::firstLine).orElse(null),
        "lastLine", finding.place().map(Finding.Place::lastLine).orElse(null),
        "message", finding.message(),
        "fingerprint", finding.fingerprint(),
        "changed", finding.changed(),
        "waiver", finding.waiver().orElse(null),
        "vulnerability", finding.vulnerability().map(ResultJson::vulnerability).orElse(null));
  }

  static Map<String, @Nullable Object> vulnerability(Vulnerability known) {
    return object(
        "id", known.id(),
        "aliases", known.aliases(),
        "component", known.component(),
        "version", known.version(),
        "severity", known.severity().isEmpty() ? null : known.severity(),
        "fixed", known.fixed());
  }

  private static Map<String, @Nullable Object> file(FileLines file) {
    return object(
        "path", file.path(),
        "covered", file.covered().size(),
        "missed", file.missed().toString(),
        "partly", file.partly().toString());
  }

  private static Map<String, @Nullable Object> figures(GateResult result) {
    Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    result
        .figures()
        .forEach(
            (key, figure) ->
                figures.put(
                    key,
                    object(
                        "numerator", figure.value().part(),
                        "denominator", figure.value().whole(),
                        "unit", figure.value().unit().id(),
                        "definition", figure.definition())));
    return figures;
  }

  private static BigDecimal number(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }
}
