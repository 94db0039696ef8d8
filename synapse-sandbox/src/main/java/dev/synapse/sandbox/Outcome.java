package dev.synapse.sandbox;

import java.time.Duration;

/// How a sandboxed process ended. Whatever it started has ended with it.
public sealed interface Outcome {
  record Exited(int code) implements Outcome {}

  /// The room was made, and the program in it could not be run: it is not there, is no program, or
  /// its arguments and variables are more than the kernel takes.
  ///
  /// @param reason the kernel's
  record NotStarted(String reason) implements Outcome {}

  /// Ended by signal `signal`. A program that exits with 128 + a signal, as shells do for one of
  /// their children, counts as that.
  record Signalled(int signal) implements Outcome {}

  record TimedOut(Duration limit) implements Outcome {}

  /// Wrote nothing for as long as `limit`.
  record SilentTooLong(Duration limit) implements Outcome {}

  record OutOfMemory(long limitBytes) implements Outcome {}

  record TooManyProcesses(int limit) implements Outcome {}

  record OutputTooLarge(long limitBytes) implements Outcome {}

  /// Its log alone is more than it may write.
  record LogTooLarge(long limitBytes) implements Outcome {}

  /// Ended by [SandboxedProcess#cancel()] or the end of this program.
  record Cancelled() implements Outcome {}

  default boolean succeeded() {
    return this instanceof Exited(var code) && code == 0;
  }

  /// For people: what happened, after "the builder".
  default String message() {
    return switch (this) {
      case Exited(var code) -> "exited with code " + code;
      case NotStarted(var reason) -> "could not be started: " + reason;
      case Signalled(var signal) -> "was ended by signal " + signal;
      case TimedOut(var limit) -> "ran longer than the limit of " + seconds(limit);
      case SilentTooLong(var limit) -> "wrote nothing for the limit of " + seconds(limit);
      case OutOfMemory(var limit) -> "used more memory than the limit of " + mebibytes(limit);
      case TooManyProcesses(var limit) ->
          "started more processes than the limit of " + limit + " at a time";
      case OutputTooLarge(var limit) ->
          "wrote more to disk and its log than the limit of " + mebibytes(limit);
      case LogTooLarge(var limit) -> "wrote more to its log than the limit of " + mebibytes(limit);
      case Cancelled() -> "was cancelled";
    };
  }

  private static String seconds(Duration limit) {
    return limit.toMillis() % Duration.ofSeconds(1).toMillis() == 0
        ? limit.toSeconds() + " s"
        : limit.toMillis() + " ms";
  }

  private static String mebibytes(long bytes) {
    long mebibyte = 1L << 20;
    return bytes % mebibyte == 0 ? bytes / mebibyte + " MiB" : bytes + " bytes";
  }
}
