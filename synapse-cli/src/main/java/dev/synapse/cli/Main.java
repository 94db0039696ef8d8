package dev.synapse.cli;

import dev.synapse.store.hash.HashAlgorithm;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Where the program starts.
public final class Main {
  /// How long an interrupted command may take to clean up; what it leaves, the next one removes.
  private static final long PATIENCE_MILLISECONDS = 1500;

  private Main() {}

  /// Runs the command line `args` and ends the process with its exit code.
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    var running = new Running(Thread.currentThread());
    Runtime.getRuntime().addShutdownHook(new Thread(running::stop));
    if (Arrays.asList(args).contains("hash")) {
      HashAlgorithm.prepareBulk(); // meanwhile the command line is read
    }
    OptionalInt status = runOrderly(args, System.getenv(), out, err);
    running.ended();
    if (status.isPresent() && !running.isTold()) {
      // A command that came to its end has left nothing to hooks. `exit` would first ask which
      // logger is to hear of it, which takes longer than many a command.
      Runtime.getRuntime().halt(status.getAsInt());
    }
    System.exit(status.orElse(ExitCode.BUG.status()));
  }

  /// Answers the exit code of a command that came to its end, and none where the JVM could not go
  /// on: exceptions are reported by the command line; errors, such as no memory left, are not.
  static OptionalInt runOrderly(
      String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    try {
      return OptionalInt.of(run(args, environment, out, err));
    } catch (Error e) {
      err.println("error: a bug in Synapse; please report it with what follows");
      e.printStackTrace(err);
      return OptionalInt.empty();
    } finally {
      err.flush();
    }
  }

  /// A command that runs, and may be told to end.
  static final class Running {
    private final Thread command;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean told = new AtomicBoolean();

    /// @param command the thread that runs it
    Running(Thread command) {
      this.command = command;
    }

    /// It has come to its end.
    void ended() {
      ended.countDown();
    }

    /// Whether it was told to end.
    boolean isTold() {
      return told.get();
    }

    /// At Ctrl-C and its like: the command ends as if it had failed, so that it leaves nothing.
    void stop() {
      told.set(true);
      if (ended.getCount() > 0) {
        command.interrupt();
        try {
          boolean _ = ended.await(PATIENCE_MILLISECONDS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /// Runs one command line: data goes to `out`, all else to `err`. Answers the exit code. What
  /// cannot be written is no success: a `PrintStream` says it only when it is asked.
  static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    int status = execute(args, environment, out, err);
    if (out.checkError() && status == ExitCode.DONE.status()) {
      err.println(
          "error: standard output cannot be written: the disk is full, or whoever reads it has"
              + " ended");
      return ExitCode.ENVIRONMENT.status();
    }
    return status;
  }

  private static int execute(
      String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      // Scripts ask this often; it needs nothing of what the other commands do.
      out.println("synapse " + Version.text());
      return ExitCode.DONE.status();
    }
    return new SynapseCommand(environment, out, err).execute(args);
  }
}
