package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/// Other processes of this machine: what they are, and that they end.
final class Processes {
  /// So soon after a program is told to stop nothing of it may be left.
  static final Duration PROMISED = Duration.ofSeconds(2);

  private Processes() {}

  /// Sends a signal, for example `-INT`, to the processes that `kill` knows as `target`.
  static void signal(String signal, String target) throws IOException, InterruptedException {
    String script = "kill " + signal + " -- " + target;
    assertThat(new ProcessBuilder("bash", "-c", script).start().waitFor()).as(script).isZero();
  }

  /// Its words, with blanks between them; empty if it is dead.
  static String commandLine(ProcessHandle process) {
    return read("/proc/%d/cmdline".formatted(process.pid())).replace('\0', ' ').strip();
  }

  /// Fails unless all are dead in a moment.
  static void assertEnd(List<ProcessHandle> processes) throws InterruptedException {
    assertThat(processes).isNotEmpty();
    await(
        "the end of " + processes, PROMISED, () -> processes.stream().allMatch(Processes::isDead));
  }

  /// A zombie is dead: it is for its parent to take note of that.
  private static boolean isDead(ProcessHandle process) {
    String stat = read("/proc/%d/stat".formatted(process.pid()));
    return !process.isAlive()
        || stat.isEmpty()
        || stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
  }

  private static String read(String file) {
    try {
      return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException _) {
      return "";
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No such process")) {
        return "";
      }
      throw new UncheckedIOException(e);
    }
  }

  static void await(String what, Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
