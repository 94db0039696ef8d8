package dev.synapse.gmp.output;

import dev.synapse.gmp.Gate;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.verdict.Circumstances;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.Measurement;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.gmp.verdict.Samples;
import dev.synapse.gmp.waiver.Waiver;
import dev.synapse.gmp.waiver.Waivers;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A judgement with something in every part of a page.
final class PageSamples {
  private static final LocalDate DAY = LocalDate.of(2026, 11, 23);
  private static final String POLICY =
      """
      [stages.growth]
      test_coverage = [{ limit = 80 }, { limit = 40, scope = "changed" }]
      magic_numbers = 0
      [[modules]]
      name = "*"
      test_pass_rate = 0.9
      """;

  private PageSamples() {}

  static GateResult result(Path folder, Mode mode) throws Exception {
    Policy policy = Samples.policy(folder, POLICY);
    var evidence =
        Samples.with(
            Samples.evidence(Optional.of(Samples.change(folder))), Samples.vulnerabilities());
    var stage = policy.stage("growth").orElseThrow();
    String number =
        Gate.judge(policy, stage, mode, evidence, Circumstances.NONE).findings().stream()
            .filter(each -> each.message().contains("42"))
            .findFirst()
            .orElseThrow()
            .fingerprint();
    var waivers =
        List.of(
            waiver("W-1", new Waiver.Target.OfLimit(Metric.MAGIC_NUMBERS, Scope.PROJECT, "")),
            waiver("W-2", new Waiver.Target.OfFinding(number)));
    return Gate.judge(
        policy,
        stage,
        mode,
        evidence,
        new Circumstances(
            Optional.of("0123456789abcdef"),
            new Waivers(waivers, DAY),
            Optional.empty(),
            history(),
            "built-in"));
  }

  private static Waiver waiver(String id, Waiver.Target target) {
    return new Waiver(id, target, new Waiver.Grounds("because", "little", "ann", "bea"), DAY);
  }

  private static List<PastRecord> history() {
    List<PastRecord> records = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      var figure = new PastRecord.Figure(new Measurement(60 + i * 2, 100, 100), "line-coverage/1");
      records.add(
          new PastRecord(
              "#" + i, Optional.empty(), new TreeMap<>(Map.of("test_coverage", figure))));
    }
    return records;
  }

  static String page(Path folder, Mode mode) throws Exception {
    return HtmlReport.write(
        result(folder, mode),
        Samples.policy(folder, POLICY),
        path -> path.equals("core/src/A.java") ? Optional.of(Samples.TEXT) : Optional.empty());
  }
}
