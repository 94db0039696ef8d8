package dev.synapse.build.fetch;

import dev.synapse.events.Event;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalLong;

/// What happens while files are fetched.
public sealed interface FetchEvent extends Event {
  /// How far a set of files is. Published at most ten times a second, and once at the end.
  ///
  /// @param filesDone how many files are here
  /// @param files how many are wanted
  /// @param bytesDone how many bytes are here, those that were here before included
  /// @param bytes how many bytes it will be, when every size is known
  record Progress(int filesDone, int files, long bytesDone, OptionalLong bytes)
      implements FetchEvent {}

  /// A file has come whole and right.
  record Completed(URI address, long size) implements FetchEvent {}

  /// A try failed; the next one follows after `pause`.
  record Retrying(URI address, String reason, int tryNumber, Duration pause)
      implements FetchEvent {}
}
