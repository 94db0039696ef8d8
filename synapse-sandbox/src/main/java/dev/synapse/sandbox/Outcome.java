package dev.synapse.sandbox;

import java.time.Duration;

/// How a sandboxed process ended. Whatever it started has ended with it.
public sealed interface Outcome {
  record Exited(int code) implements Outcome {
    @Override
    public String message() {
      return "exited with code " + code;
    }
  }

  /// The room was made, and the program in it could not be run: it is not there, is no program, or
  /// its arguments and variables are more than the kernel takes.
  ///
  /// @param reason the kernel's
  record NotStarted(String reason) implements Outcome {
    @Override
    public String message() {
      return "could not be started: " + reason;
    }
  }

  /// Ended by signal `signal`. A program that exits with 128 + a signal, as shells do for one of
  /// their children, counts as that.
  record Signalled(int signal) implements Outcome {
    @Override
    public String message() {
      return "was ended by signal " + signal;
    }
  }

  record TimedOut(Duration limit) implements Outcome {
    @Override
    public String message() {
      return "ran longer than the limit of " + seconds(limit);
    }
  }

  /// Wrote nothing for as long as `limit`.
  record SilentTooLong(Duration limit) implements Outcome {
    @Override
    public String message() {
      return "wrote nothing for the limit of " + seconds(limit);
    }
  }

  record OutOfMemory(long limitBytes) implements Outcome {
    @Override
    public String message() {
      return "used more memory than the limit of " + mebibytes(limitBytes);
    }
  }

  record TooManyProcesses(int limit) implements Outcome {
    @Override
    public String message() {
      return "started more processes than the limit of " + limit + " at a time";
    }
  }

  record OutputTooLarge(long limitBytes) implements Outcome {
    @Override
    public String message() {
      return "wrote more to disk and its log than the limit of " + mebibytes(limitBytes);
    }
  }

  /// Its log alone is more than it may write.
  record LogTooLarge(long limitBytes) implements Outcome {
    @Override
    public String message() {
      return "wrote more to its log than the limit of " + mebibytes(limitBytes);
    }
  }

  /// Ended by [SandboxedProcess#cancel()] or the end of this program.
  record Cancelled() implements Outcome {
    @Override
    public String message() {
      return "was cancelled";
    }
  }

  default boolean succeeded() {
    return this instanceof Exited(var code) && code == 0;
  }

  /// For people: what happened, after "the builder".
  String message();

  private static String seconds(Duration limit) {
    return limit.toMillis() % Duration.ofSeconds(1).toMillis() == 0
        ? limit.toSeconds() + " s"
        : limit.toMillis() + " ms";
  }

  private static String mebibytes(long bytes) {
    final long mebibyte = 1L << 20;
    return bytes % mebibyte == 0 ? bytes / mebibyte + " MiB" : bytes + " bytes";
  }
}
