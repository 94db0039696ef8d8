package dev.synapse.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A process in its sandbox. It counts as ended when it has exited and nothing of its sandbox is
/// left, whether or not it closed its output before.
///
/// Two threads serve it: one hands its output on, the other waits for its end and looks several
/// times a second whether it exceeds a limit.
public final class SandboxedProcess {
  private static final int TICK_MILLIS = 100;
  private static final Duration END_PATIENCE = Duration.ofSeconds(10);

  /// How long to wait for the output's end before judging; only a message may need it.
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final Duration LEAST_MEASURING_PAUSE = Duration.ofSeconds(1);

  /// So many times longer than measuring the output took, it is not measured again.
  private static final int MEASURING_REST = 20;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int TAIL_BYTES = 4096;
  private static final int SIGNAL_BASE = 128;
  private static final int LAST_SIGNAL = 64;
  private static final int FILE_SIZE_SIGNAL = 25;

  private final Run run;
  private final Containment containment;
  private final List<Path> outputs;
  private final Limits limits;
  private final LogSink log;
  private final long started = System.nanoTime();
  private final CompletableFuture<Outcome> end = new CompletableFuture<>();
  private final AtomicReference<@Nullable Outcome> verdict = new AtomicReference<>();
  private final AtomicReference<@Nullable IOException> sinkProblem = new AtomicReference<>();
  private final Thread pump;
  private final Thread watcher;
  private volatile long lastOutput = started;
  private volatile boolean handingOn;

  /// Bytes of the log so far; only the thread that hands on writes it.
  private volatile long logged;

  private volatile byte[] tail = new byte[0];
  private Runnable atEnd = () -> {};
  private long measureAfter = started + LEAST_MEASURING_PAUSE.toNanos();

  /// @param outputs folders that it may write
  SandboxedProcess(
      Run run, Containment containment, List<Path> outputs, Limits limits, LogSink log) {
    this.run = run;
    this.containment = containment;
    this.outputs = outputs;
    this.limits = limits;
    this.log = log;
    this.pump = Thread.ofPlatform().daemon().name("sandbox-output").unstarted(this::handOn);
    this.watcher = Thread.ofPlatform().daemon().name("sandbox-watch").unstarted(this::watchOn);
  }

  void onEnd(Runnable action) {
    atEnd = action;
  }

  void watch() {
    pump.start();
    watcher.start();
  }

  /// Waits until nothing of the sandbox is left.
  ///
  /// @throws IOException if the sandbox could not be set up (nothing was run), or the log failed
  /// @throws InterruptedException when interrupted; the process runs on
  public Outcome waitFor() throws IOException, InterruptedException {
    try {
      return end.get();
    } catch (ExecutionException problem) {
      if (problem.getCause() instanceof IOException cause) {
        throw new IOException(cause.getMessage(), cause);
      }
      throw new IllegalStateException(problem.getCause());
    }
  }

  /// Ends the process and all that it started; returns at once. Nothing happens if it has ended.
  public void cancel() {
    kill(new Outcome.Cancelled());
  }

  /// Ends the process and all that it started, and waits until nothing of them is left.
  public void end() {
    cancel();
    awaitEnd();
  }

  /// For the end of the program: waits at most as long as an end may take.
  void awaitEnd() {
    try {
      end.handle((_, _) -> true).get(END_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException problem) {
      throw new IllegalStateException("a sandboxed process does not end", problem);
    }
  }

  /// The first reason counts.
  private void kill(Outcome reason) {
    verdict.compareAndSet(null, reason);
    run.kill();
  }

  private void handOn() {
    var buffer = new byte[BUFFER_BYTES];
    try (InputStream output = run.output()) {
      for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
        tail = lastOf(tail, buffer, count);
        handingOn = true;
        long before = logged;
        boolean tooMuch = count > limits.outputBytes() - before;
        int kept = tooMuch ? (int) (limits.outputBytes() - before) : count;
        try {
          log.write(buffer, 0, kept);
          logged = before + kept;
        } catch (IOException problem) {
          sinkProblem.compareAndSet(null, problem);
          kill(new Outcome.Cancelled());
          return;
        } finally {
          handingOn = false;
          lastOutput = System.nanoTime();
        }
        if (tooMuch) {
          kill(new Outcome.LogTooLarge(limits.outputBytes()));
          return;
        }
      }
    } catch (IOException _) {
      // the process is gone, and its pipe with it
    }
  }

  private static byte[] lastOf(byte[] before, byte[] buffer, int count) {
    int fresh = Math.min(count, TAIL_BYTES);
    int kept = Math.min(before.length, TAIL_BYTES - fresh);
    var last = new byte[kept + fresh];
    System.arraycopy(before, before.length - kept, last, 0, kept);
    System.arraycopy(buffer, count - fresh, last, kept, fresh);
    return last;
  }

  private void watchOn() {
    try {
      end.complete(watchUntilEnd());
    } catch (IOException | RuntimeException problem) {
      end.completeExceptionally(problem);
    } catch (InterruptedException problem) {
      end.completeExceptionally(new IllegalStateException(problem)); // nobody has this thread
    }
  }

  private Outcome watchUntilEnd() throws IOException, InterruptedException {
    Outcome outcome;
    try {
      while (!run.await(TICK_MILLIS)) {
        exceeded().ifPresent(this::kill);
      }
      pump.join(LAST_WORDS);
      outcome = outcome();
    } finally {
      kill(new Outcome.Cancelled());
      try (containment) {
        run.close();
      } finally {
        atEnd.run();
      }
    }
    // All writers are dead; what they wrote is in the pipe.
    pump.join();
    IOException problem = sinkProblem.get();
    if (problem != null) {
      throw problem;
    }
    return outcome;
  }

  private Outcome outcome() throws IOException {
    Outcome reason = verdict.get();
    if (reason != null) {
      return reason;
    }
    // The first process may have been gone before it was seen; its group still knows.
    OptionalLong first = run.first();
    Optional<Outcome> exceeded =
        first.isPresent() ? containment.exceeded(first.getAsLong()) : Optional.empty();
    if (exceeded.isPresent()) {
      return exceeded.get();
    }
    OptionalInt code = run.exitCode();
    return code.isEmpty() ? notRun() : judged(code.getAsInt());
  }

  /// A room that could not be made is this machine's fault, a program that is not in it is not.
  private Outcome notRun() throws IOException {
    Optional<String> reason = run.notStarted(tailText());
    if (reason.isPresent()) {
      return new Outcome.NotStarted(reason.get());
    }
    throw new IOException(
        "the sandbox could not be set up: " + run.problem().orElseGet(this::tailText));
  }

  private Outcome judged(int code) {
    boolean limited = limits.outputBytes() != Limits.UNLIMITED;
    if (limited && (code == SIGNAL_BASE + FILE_SIZE_SIGNAL || written() > limits.outputBytes())) {
      return new Outcome.OutputTooLarge(limits.outputBytes());
    }
    return code > SIGNAL_BASE && code <= SIGNAL_BASE + LAST_SIGNAL
        ? new Outcome.Signalled(code - SIGNAL_BASE)
        : new Outcome.Exited(code);
  }

  private String tailText() {
    String text = new String(tail, StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "it says nothing" : text.lines().toList().getLast();
  }

  private Optional<Outcome> exceeded() throws IOException {
    long now = System.nanoTime();
    if (isLonger(now - started, limits.wallTime())) {
      return Optional.of(new Outcome.TimedOut(limits.wallTime()));
    }
    if (!handingOn && isLonger(now - lastOutput, limits.silence())) {
      return Optional.of(new Outcome.SilentTooLong(limits.silence()));
    }
    OptionalLong first = run.first();
    if (first.isPresent()) {
      Optional<Outcome> used = containment.exceeded(first.getAsLong());
      if (used.isPresent()) {
        return used;
      }
    }
    return limits.outputBytes() != Limits.UNLIMITED && now > measureAfter
        ? measured(now)
        : Optional.empty();
  }

  private static boolean isLonger(long nanos, Duration limit) {
    return Duration.ofNanos(nanos).compareTo(limit) > 0;
  }

  /// What is in the folders that it may write, and in its log; stops counting above the limit.
  private long written() {
    long log = logged;
    return log + FolderSize.of(outputs, limits.outputBytes() - log);
  }

  private Optional<Outcome> measured(long now) {
    long size = written();
    long took = System.nanoTime() - now;
    measureAfter =
        now + Math.max(LEAST_MEASURING_PAUSE.toNanos(), Math.multiplyExact(took, MEASURING_REST));
    return size > limits.outputBytes()
        ? Optional.of(new Outcome.OutputTooLarge(limits.outputBytes()))
        : Optional.empty();
  }
}
