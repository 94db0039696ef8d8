package dev.synapse.sandbox;

import java.time.Duration;

/// How much a sandboxed process, with all that it starts, may use. Whatever goes beyond is killed,
/// and so is everything else in its sandbox.
///
/// @param wallTime from its start
/// @param silence since it last wrote anything
/// @param memoryBytes of all its processes together
/// @param processes processes and threads at the same time
/// @param outputBytes below the folders that it may write (not those in memory), and of its log
/// @param processors that it may run on; a smaller number than the machine has restricts it
public record Limits(
    Duration wallTime,
    Duration silence,
    long memoryBytes,
    int processes,
    long outputBytes,
    int processors) {
  /// No limit of size.
  public static final long UNLIMITED = Long.MAX_VALUE;

  /// No limit of time.
  public static final Duration FOREVER = Duration.ofDays(36_500);

  /// No limit at all.
  public static final Limits NONE =
      new Limits(FOREVER, FOREVER, UNLIMITED, Integer.MAX_VALUE, UNLIMITED, Integer.MAX_VALUE);

  public Limits {
    if (!wallTime.isPositive()
        || !silence.isPositive()
        || memoryBytes <= 0
        || processes <= 0
        || outputBytes <= 0
        || processors <= 0) {
      throw new IllegalArgumentException("a limit must be more than nothing");
    }
  }

  public Limits withWallTime(Duration limit) {
    return new Limits(limit, silence, memoryBytes, processes, outputBytes, processors);
  }

  public Limits withSilence(Duration limit) {
    return new Limits(wallTime, limit, memoryBytes, processes, outputBytes, processors);
  }

  public Limits withMemoryBytes(long limit) {
    return new Limits(wallTime, silence, limit, processes, outputBytes, processors);
  }

  public Limits withProcesses(int limit) {
    return new Limits(wallTime, silence, memoryBytes, limit, outputBytes, processors);
  }

  public Limits withOutputBytes(long limit) {
    return new Limits(wallTime, silence, memoryBytes, processes, limit, processors);
  }

  public Limits withProcessors(int limit) {
    return new Limits(wallTime, silence, memoryBytes, processes, outputBytes, limit);
  }

  /// Whether any limit is on what all processes use together.
  boolean ofAllProcesses() {
    return memoryBytes != UNLIMITED || processes != Integer.MAX_VALUE;
  }
}
