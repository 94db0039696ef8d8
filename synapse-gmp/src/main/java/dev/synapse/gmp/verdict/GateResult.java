package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// One judgement, of which every document is made. A pure function of what was declared: no times,
/// no hosts, no absolute paths.
///
/// @param figures all that was measured, also for limits of other stages, by [PastRecord#key]
/// @param findings what the figures count, sorted by metric and place
/// @param deviations what departs from what was asked
public record GateResult(
    Verdict verdict,
    Recommendation recommendation,
    Basis basis,
    SortedMap<String, PastRecord.Figure> figures,
    List<Finding> findings,
    List<Deviation> deviations) {
  /// What the judgement is made of.
  public record Basis(Evidence evidence, Circumstances circumstances) {
    public Basis {
      requireNonNull(evidence, "evidence");
      requireNonNull(circumstances, "circumstances");
    }
  }

  public GateResult {
    requireNonNull(verdict, "verdict");
    requireNonNull(recommendation, "recommendation");
    requireNonNull(basis, "basis");
    figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
    findings = List.copyOf(findings);
    deviations = List.copyOf(deviations);
  }

  /// For a terminal: the verdict, and the known vulnerabilities. Ends with a line break.
  ///
  /// @param colour whether to repeat in colour what the words say
  public String toText(boolean colour) {
    return verdict.toText(colour) + VerdictText.vulnerabilities(vulnerabilities());
  }

  /// The findings that are known vulnerabilities, whether they count or not.
  public List<Finding> vulnerabilities() {
    return findings.stream().filter(each -> each.vulnerability().isPresent()).toList();
  }

  /// What was judged.
  public Evidence evidence() {
    return basis.evidence();
  }

  /// What was taken into account besides.
  public Circumstances circumstances() {
    return basis.circumstances();
  }
}
