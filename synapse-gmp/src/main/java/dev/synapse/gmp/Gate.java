package dev.synapse.gmp;

import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.verdict.Recommendation;
import dev.synapse.gmp.verdict.Verdict;

/// The quality gate: a function of policy and report, so that another stage needs no rebuild.
public final class Gate {
  private Gate() {}

  /// Holds a report against a stage.
  public static Verdict verify(QualityReport report, Stage stage, Mode mode) {
    return Verdict.judge(stage, mode, report);
  }

  /// The highest stage that the report meets, and what blocks the next.
  public static Recommendation recommend(QualityReport report) {
    return Recommendation.of(report);
  }
}
