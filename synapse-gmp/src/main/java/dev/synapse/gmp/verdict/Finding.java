package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Metric;
import java.util.Optional;

/// A place in the sources that a figure counts, or a test that failed.
///
/// @param metric the figure that it counts in
/// @param place where; empty for a test
/// @param message what is there, as a sentence without a full stop
/// @param fingerprint by which a waiver names it: the same as long as its surroundings have the
///   same names, whatever its line
/// @param changed whether the change touches it
/// @param waiver the id of the waiver because of which it does not count; empty when it counts
public record Finding(
    Metric metric,
    Optional<Place> place,
    String message,
    String fingerprint,
    boolean changed,
    Optional<String> waiver) {
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
  }

  /// The rule that it breaks, as other tools name rules.
  public String rule() {
    return metric.id();
  }
}
