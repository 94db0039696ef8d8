package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A build that does not come to its end: killed without warning, or told to stop.
@Timeout(180)
final class InterruptedBuildTest {
  private static final Duration PROMISED = Duration.ofSeconds(2);
  private static final String SLEEP = "sleep 2.5";
  private static final String REDRAW = "\r\033[2K";

  @TempDir private Path home;
  private SmallProject project;

  @BeforeEach
  void prepare() throws Exception {
    project =
        SmallProject.in(home).add("demo", "echo half >$out; " + SLEEP + " & wait; echo made >$out");
  }

  @Test
  void killedNothingIsRegisteredOrRunsOnAndTheNextRunCleansUpAndBuilds() throws Exception {
    var killed = project.start();
    List<ProcessHandle> builders = builders(killed);

    killed.process().destroyForcibly();

    await("the end of the builder", PROMISED, () -> allDead(builders));
    assertThat(project.outputs()).isEmpty();
    assertThat(project.leftovers()).as("so that cleaning up can be seen").isNotEmpty();
    var next = project.build();
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(project.folder().resolve("result")).hasContent("made\n");
    assertThat(project.leftovers()).isEmpty();
    assertThat(project.damage()).isEmpty();
  }

  @Test
  void stoppedEverythingIsGoneInAMomentAndNothingIsLeft() throws Exception {
    // An interrupt that is ignored where the tests were started is ignored by their children too.
    project.program().by("env", "--default-signal=INT", "setsid");
    assertStopped("-INT", "--", "-", 130);
    assertStopped("-TERM", "--", "", 143);
  }

  private void assertStopped(String signal, String end, String group, int status) throws Exception {
    var running = project.start();
    List<ProcessHandle> builders = builders(running);
    long told = System.nanoTime();
    String script = "kill %s %s %s%d".formatted(signal, end, group, running.pid());
    assertThat(new ProcessBuilder("bash", "-c", script).start().waitFor()).isZero();
    var result = running.end();
    await("the end of the builder", PROMISED, () -> allDead(builders));

    assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(PROMISED);
    assertThat(result.status()).isEqualTo(status);
    assertThat(result.error()).isEqualTo("interrupted");
    assertThat(project.outputs()).isEmpty();
    assertThat(project.linked()).isFalse();
    assertThat(project.leftovers()).isEmpty();
  }

  @Test
  void controlCLeavesACleanLineInTheTerminal() throws Exception {
    assumeThat(Path.of("/usr/bin/script")).as("needed for a terminal").isExecutable();
    String line = "'%s' -C '%s' build".formatted(Program.launcher(), project.folder());
    var terminal =
        project
            .program()
            .with("TERM", "xterm")
            .start(List.of("env", "--default-signal=INT", "script", "-qefc", line, "/dev/null"));
    List<ProcessHandle> builders = builders(terminal);

    terminal.process().getOutputStream().write(3);
    terminal.process().getOutputStream().flush();

    await("the end of the builder", PROMISED, () -> allDead(builders));
    var result = terminal.end();
    assertThat(result.status()).isEqualTo(130);
    assertThat(result.out()).contains(REDRAW + "  demo-1.0: build (");
    List<String> shown =
        result.out().lines().map(each -> each.substring(each.lastIndexOf(REDRAW) + 1)).toList();
    assertThat(shown.getLast()).isEqualTo("error: interrupted");
    assertThat(shown.get(shown.size() - 2)).contains("failed").doesNotContain("^C");
  }

  /// Waits until the builder runs, and answers all that has been started for it.
  private static List<ProcessHandle> builders(Program.Running running) throws Exception {
    var found = new ArrayList<ProcessHandle>();
    await(
        "the builder",
        Duration.ofMinutes(1),
        () -> {
          found.clear();
          running.process().descendants().forEach(found::add);
          return found.stream().anyMatch(InterruptedBuildTest::sleeps)
              || !running.process().isAlive();
        });
    assertThat(running.process().isAlive()).as("%s", running.errors()).isTrue();
    return found;
  }

  private static boolean sleeps(ProcessHandle process) {
    return read("/proc/%d/cmdline".formatted(process.pid())).replace('\0', ' ').startsWith(SLEEP);
  }

  /// A zombie is dead: it is for its parent to take note of that.
  private static boolean allDead(List<ProcessHandle> processes) {
    return processes.stream()
        .filter(ProcessHandle::isAlive)
        .map(each -> read("/proc/%d/stat".formatted(each.pid())))
        .allMatch(
            stat -> stat.isEmpty() || stat.substring(stat.lastIndexOf(')')).startsWith(") Z"));
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

  private static void await(String what, Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
