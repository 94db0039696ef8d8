package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/// What one build may use; more ends it.
///
/// @param wallTime from its start
/// @param silence without a line in its log
/// @param memory bytes, of all its processes together
/// @param processes processes and threads at a time
/// @param outputSize bytes that it writes to disk, its log included
public record Limits(
    Duration wallTime, Duration silence, long memory, long processes, long outputSize) {
  private static final long GIBIBYTE = 1L << 30;

  /// What no Maven build meets.
  public static final Limits DEFAULT =
      new Limits(Duration.ofHours(4), Duration.ofHours(1), 32 * GIBIBYTE, 32_768, 32 * GIBIBYTE);

  /// Refuses a limit that nothing could keep to.
  public Limits {
    requireNonNull(wallTime, "wallTime");
    requireNonNull(silence, "silence");
    if (!wallTime.isPositive()
        || !silence.isPositive()
        || memory <= 0
        || processes <= 0
        || outputSize <= 0) {
      throw new IllegalArgumentException("a limit of nothing");
    }
  }
}
