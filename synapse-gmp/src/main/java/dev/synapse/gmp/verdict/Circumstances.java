package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.waiver.Waivers;
import java.util.List;
import java.util.Optional;

/// What a judgement takes into account besides policy and evidence. All of it is declared, so that
/// the judgement can be repeated.
///
/// @param revision the commit that is judged; empty where it was not said
/// @param baseline the record of the commit that the change starts from; empty where there is none
/// @param history earlier records of the main line, the oldest first
/// @param policyDigest the SHA-256 of the policy file, in hexadecimal digits; `built-in` without
///   one
public record Circumstances(
    Optional<String> revision,
    Waivers waivers,
    Optional<PastRecord> baseline,
    List<PastRecord> history,
    String policyDigest) {
  /// Nothing else is taken into account.
  public static final Circumstances NONE =
      new Circumstances(Optional.empty(), Waivers.NONE, Optional.empty(), List.of(), "built-in");

  public Circumstances {
    requireNonNull(revision, "revision");
    requireNonNull(waivers, "waivers");
    requireNonNull(baseline, "baseline");
    history = List.copyOf(history);
    requireNonNull(policyDigest, "policyDigest");
  }
}
