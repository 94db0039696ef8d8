package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A build that does not come to its end: killed without warning, or told to stop.
@Timeout(180)
final class InterruptedBuildTest {
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

    Processes.assertEnd(builders);
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
    assertStopped("-INT", "-", 130);
    assertStopped("-TERM", "", 143);
  }

  private void assertStopped(String signal, String group, int status) throws Exception {
    var running = project.start();
    List<ProcessHandle> builders = builders(running);
    long told = System.nanoTime();
    Processes.signal(signal, group + running.pid());
    var result = running.end();
    Processes.assertEnd(builders);

    assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Processes.PROMISED);
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

    Processes.assertEnd(builders);
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
    Processes.await(
        "the builder",
        Duration.ofMinutes(1),
        () -> {
          found.clear();
          running.process().descendants().forEach(found::add);
          return found.stream().anyMatch(each -> Processes.commandLine(each).equals(SLEEP))
              || !running.process().isAlive();
        });
    assertThat(running.process().isAlive()).as("%s", running.errors()).isTrue();
    return found;
  }
}
