package dev.synapse.gmp;

import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.policy.StageLimits;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.verdict.Circumstances;
import dev.synapse.gmp.verdict.Evidence;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.Judge;
import dev.synapse.gmp.verdict.Recommendation;
import dev.synapse.gmp.verdict.Verdict;

/// The quality gate: a function of policy and evidence, so that another stage needs no rebuild.
public final class Gate {
  private Gate() {}

  /// Holds a report against a built-in stage.
  public static Verdict verify(QualityReport report, Stage stage, Mode mode) {
    return judge(Policy.builtIn(), stage.limits(), mode, Evidence.of(report), Circumstances.NONE)
        .verdict();
  }

  /// The highest built-in stage that the report meets, and what blocks the next.
  public static Recommendation recommend(QualityReport report) {
    return Judge.recommend(Policy.builtIn(), Evidence.of(report));
  }

  /// Holds all that is known against a stage of a policy.
  public static GateResult judge(
      Policy policy, StageLimits stage, Mode mode, Evidence evidence, Circumstances circumstances) {
    return Judge.judge(policy, stage, mode, evidence, circumstances);
  }
}
