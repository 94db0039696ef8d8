package dev.synapse.build.realise;

/// How a graph is worked off.
///
/// @param jobs builders that run at a time, at least 1
/// @param keepGoing whether a failure stops only what needs the failed derivation; otherwise
///   nothing new is started after one
public record Schedule(int jobs, boolean keepGoing) {
  /// One after another, until one fails.
  public static final Schedule SERIAL = new Schedule(1, false);

  /// Refuses less than one job.
  public Schedule {
    if (jobs < 1) {
      throw new IllegalArgumentException(jobs + " jobs");
    }
  }
}
