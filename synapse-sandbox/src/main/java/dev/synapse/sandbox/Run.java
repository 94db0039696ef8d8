package dev.synapse.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// A sandbox that was started, whatever started it.
interface Run {
  /// What it writes; to be read to its end by one thread.
  InputStream output();

  /// Waits at most so long for the end of what was started.
  ///
  /// @return whether it has ended
  boolean await(int millis) throws IOException, InterruptedException;

  /// The first process of the sandbox, once it is known; empty if it never is.
  OptionalLong first() throws IOException;

  /// How the command ended: its exit code, or 128 and the number of a signal; empty if it never
  /// ran. To be asked for after the end.
  OptionalInt exitCode() throws IOException;

  /// Why the command never ran, if that is known by more than what was written.
  Optional<String> problem();

  /// Why the room was made and the command in it could not be run; empty if something else failed.
  ///
  /// @param lastWords the last line of what was written
  Optional<String> notStarted(String lastWords);

  /// Ends all of it at once; returns before it has ended. Nothing happens after its end.
  void kill();

  /// After the end: gives back what it took.
  void close() throws IOException;
}
