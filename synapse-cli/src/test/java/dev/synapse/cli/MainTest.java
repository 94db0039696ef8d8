package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How the program ends.
@Timeout(60)
final class MainTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  /// Whoever prints a line here fails in that way.
  private static final class Failing extends PrintStream {
    private final RuntimeException problem;
    private final boolean fatal;

    Failing(RuntimeException problem, boolean fatal) {
      super(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
      this.problem = problem;
      this.fatal = fatal;
    }

    @Override
    public void println(@Nullable String text) {
      if (fatal) {
        throw new OutOfMemoryError("no room for it");
      }
      throw problem;
    }
  }

  private OptionalInt run(PrintStream out, String... args) {
    var err = new PrintStream(errors, true, StandardCharsets.UTF_8);
    return Main.runOrderly(args, Map.of(), out, err);
  }

  private OptionalInt hash(PrintStream out) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "contents");
    return run(out, "store", "hash", file.toString());
  }

  private String said() {
    return errors.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aCommandThatEndsHasAnExitCode() throws Exception {
    var out = new ByteArrayOutputStream();

    assertThat(hash(new PrintStream(out, true, StandardCharsets.UTF_8))).hasValue(0);
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("sha256-");
    assertThat(run(new PrintStream(out, true, StandardCharsets.UTF_8), "no-command")).hasValue(2);
  }

  @Test
  void anExceptionThatNobodyExpectsIsABug() throws Exception {
    var out = new Failing(new IllegalStateException("nobody expects this"), false);

    assertThat(hash(out)).hasValue(70);
    assertThat(said())
        .startsWith("error: a bug in Synapse; please report it with what follows\n")
        .contains("IllegalStateException: nobody expects this", "\tat dev.synapse.cli.");
  }

  @Test
  void anErrorOfTheMachineIsABugAndNoOrderlyEnd() throws Exception {
    assertThat(hash(new Failing(new IllegalStateException(), true))).isEmpty();
    assertThat(said())
        .startsWith("error: a bug in Synapse; please report it with what follows\n")
        .contains("OutOfMemoryError: no room for it");
  }

  /// A thread that runs until it is interrupted, cleans up, and says that it has ended.
  @Test
  void whoIsToldToEndIsWaitedFor() throws Exception {
    var cleaned = new AtomicBoolean();
    var ready = new CountDownLatch(1);
    var known = new CountDownLatch(1);
    var holder = new Main.Running[1];
    Thread command =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    known.await();
                    ready.countDown();
                    Thread.sleep(3_600_000);
                  } catch (InterruptedException _) {
                    cleaned.set(true);
                    holder[0].ended();
                  }
                });
    holder[0] = new Main.Running(command);
    known.countDown();
    ready.await();

    holder[0].stop();

    command.join();
    assertThat(cleaned).isTrue();
    assertThat(holder[0].isTold()).isTrue();
  }

  @Test
  void whoHasEndedIsNotInterrupted() {
    var running = new Main.Running(Thread.currentThread());
    assertThat(running.isTold()).isFalse();
    running.ended();

    running.stop();

    assertThat(Thread.interrupted()).isFalse();
    assertThat(running.isTold()).isTrue();
  }

  @Test
  void whoIsToldTwiceWaitsForNobody() {
    var running = new Main.Running(Thread.currentThread());

    running.stop(); // interrupts itself

    assertThat(Thread.interrupted()).isTrue();
  }
}
