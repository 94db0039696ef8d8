package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// What is known of a build besides its tests and sources. What was not found out is empty.
///
/// @param closureBytes the size of the output and of all that it needs to run
/// @param reproducible whether a rebuild gave the same bytes
/// @param openFindings how many vulnerabilities the bill of materials lists as open
public record BuildFacts(
    Optional<Long> closureBytes, Optional<Boolean> reproducible, Optional<Long> openFindings) {
  /// Nothing is known.
  public static final BuildFacts NONE =
      new BuildFacts(Optional.empty(), Optional.empty(), Optional.empty());

  public BuildFacts {
    requireNonNull(closureBytes, "closureBytes");
    requireNonNull(reproducible, "reproducible");
    requireNonNull(openFindings, "openFindings");
  }

  /// The same with the open findings of a bill of materials.
  public BuildFacts withFindings(long open) {
    return new BuildFacts(closureBytes, reproducible, Optional.of(open));
  }
}
