package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Metric;
import java.util.Optional;

/// A place in the sources that a figure counts, a test that failed, or a known vulnerability.
///
/// @param metric the figure that it counts in
/// @param place where; empty for a test and for a component
/// @param message what is there, as a sentence without a full stop
/// @param fingerprint by which a waiver names it: the same as long as its surroundings have the
///   same names, whatever its line
/// @param changed whether the change touches it
/// @param waiver the id of the waiver, or the VEX statement, because of which it does not count;
///   empty when it counts
/// @param vulnerability what is known of a component; empty for everything else
public record Finding(
    Metric metric,
    Optional<Place> place,
    String message,
    String fingerprint,
    boolean changed,
    Optional<String> waiver,
    Optional<Vulnerability> vulnerability) {
  /// Lines of a file.
  ///
  /// @param file relative to the project's folder
  /// @param firstLine from 1
  /// @param lastLine the same for a single line
  public record Place(String file, int firstLine, int lastLine) {
    public Place {
      requireNonNull(file, "file");
      if (firstLine < 1 || lastLine < firstLine) {
        throw new IllegalArgumentException("%s:%d-%d".formatted(file, firstLine, lastLine));
      }
    }
  }

  public Finding {
    requireNonNull(metric, "metric");
    requireNonNull(place, "place");
    requireNonNull(message, "message");
    requireNonNull(fingerprint, "fingerprint");
    requireNonNull(waiver, "waiver");
    requireNonNull(vulnerability, "vulnerability");
  }

  /// What is no vulnerability.
  Finding(
      Metric metric,
      Optional<Place> place,
      String message,
      String fingerprint,
      boolean changed,
      Optional<String> waiver) {
    this(metric, place, message, fingerprint, changed, waiver, Optional.empty());
  }

  /// The rule that it breaks, as other tools name rules.
  public String rule() {
    return metric.id();
  }
}
