package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// What is known of a build besides its tests and sources. What was not found out is empty.
///
/// @param closureBytes the size of the output and of all that it needs to run
/// @param reproducible whether a rebuild gave the same bytes
/// @param vulnerabilities what is known of the components of the bill of materials
public record BuildFacts(
    Optional<Long> closureBytes,
    Optional<Boolean> reproducible,
    Optional<KnownVulnerabilities> vulnerabilities) {
  /// Nothing is known.
  public static final BuildFacts NONE =
      new BuildFacts(Optional.empty(), Optional.empty(), Optional.empty());

  public BuildFacts {
    requireNonNull(closureBytes, "closureBytes");
    requireNonNull(reproducible, "reproducible");
    requireNonNull(vulnerabilities, "vulnerabilities");
  }

  /// The same with what is known of a bill of materials.
  public BuildFacts withVulnerabilities(KnownVulnerabilities known) {
    return new BuildFacts(closureBytes, reproducible, Optional.of(known));
  }
}
