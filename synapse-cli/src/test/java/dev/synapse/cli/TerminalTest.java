package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.fetch.FetchEvent;
import dev.synapse.build.progress.BuildEvent;
import dev.synapse.build.realise.RealiseResult;
import dev.synapse.events.Event;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class TerminalTest {
  private static final String REDRAW = "\r\033[2K";
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Terminal terminal(Map<String, String> environment, boolean isTerminal, boolean log) {
    return new Terminal(
        new PrintStream(bytes, true, StandardCharsets.UTF_8), environment, isTerminal, log);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static void build(Terminal terminal) {
    for (Event event :
        List.of(
            new BuildEvent.StepStarted("toolchain 'c'"),
            new BuildEvent.StepProgress("1 of 2 files"),
            new BuildEvent.StepEnded("toolchain 'c'", SECOND),
            new BuildEvent.BuildStarted("demo"),
            new BuildEvent.PhaseStarted("demo", "build"),
            new BuildEvent.LogLine("demo", "compiling \033[31mred\033[0m\tmain.c"),
            new BuildEvent.PhaseEnded("demo", "build", Duration.ofSeconds(61)),
            new BuildEvent.BuildEnded("demo", true, Duration.ofMillis(1500)))) {
      terminal.accept(event);
    }
  }

  @Test
  void aFileGetsOneLineForEachStepAndPhaseAndNoEscapes() {
    build(terminal(Map.of(), false, false));
    assertThat(Session.lines(shown()))
        .containsExactly(
            "  %-40s 1.0 s".formatted("toolchain 'c'"),
            "building demo",
            "  %-40s 1 min 01 s".formatted("demo: build"),
            "built demo (1.5 s)");
  }

  @Test
  void theWholeLogIsShownWhereItIsAskedFor() {
    terminal(Map.of(), false, true).accept(new BuildEvent.LogLine("demo", "compiling"));
    assertThat(shown().strip()).isEqualTo("demo> compiling");
  }

  @Test
  void aTerminalHasALastLineThatIsDrawnAgain() {
    build(terminal(Map.of(), true, false));
    assertThat(shown())
        .contains(REDRAW + "  toolchain 'c' (0.0 s)")
        .contains("\033[32mbuilt\033[0m demo");
  }

  @Test
  void aLogLineNeverColoursOrMovesTheLastLine() throws InterruptedException {
    Terminal terminal = terminal(Map.of(), true, false);
    terminal.accept(new BuildEvent.PhaseStarted("demo", "build"));
    Thread.sleep(100);
    terminal.accept(
        new BuildEvent.LogLine("demo", "compiling \033[31mred\033[0m\tmain.c" + "x".repeat(200)));
    assertThat(shown()).contains("compiling red main.c").doesNotContain("\033[31m");
    String last = shown().substring(shown().lastIndexOf(REDRAW) + REDRAW.length());
    assertThat(last.length()).isLessThanOrEqualTo(100);
  }

  @Test
  void nothingThatABuildWritesReachesTheTerminalRaw() throws Exception {
    String evil = "a\033[31mb\033]0;title\007c\u009b2Jd\u009d0;title\u009ce\rf\bg\033cdone";
    StorePath derivation = StorePath.parse("/nix/store/" + "a".repeat(32) + "-demo.drv");
    for (boolean isTerminal : List.of(true, false)) {
      for (boolean wholeLog : List.of(true, false)) {
        Terminal terminal = terminal(Map.of("NO_COLOR", "1"), isTerminal, wholeLog);
        terminal.accept(new BuildEvent.PhaseStarted("demo", evil));
        terminal.accept(new BuildEvent.LogLine("demo", evil));
        terminal.accept(new BuildEvent.PhaseEnded("demo", evil, SECOND));
        terminal.accept(new BuildEvent.Warning(evil));
        terminal.failed(
            new RealiseResult.Failed(
                derivation, "failed in phase '" + evil + "'", List.of(evil), Optional.empty()));
      }
    }

    assertThat(shown().replace(REDRAW, "").replace("\n", "").chars())
        .noneMatch(Character::isISOControl);
    assertThat(shown()).contains("abcde f g cdone").doesNotContain("title");
  }

  @Test
  void aTabInALogLineStays() {
    terminal(Map.of(), false, true).accept(new BuildEvent.LogLine("demo", "a\tb"));
    assertThat(shown().strip()).isEqualTo("demo> a\tb");
  }

  @Test
  void theLastLineIsNotDrawnMoreOftenThanTheEyeSees() {
    Terminal terminal = terminal(Map.of(), true, false);
    terminal.accept(new BuildEvent.StepStarted("step"));
    for (int i = 0; i < 100; i++) {
      terminal.accept(new BuildEvent.StepProgress("line " + i));
    }
    assertThat(shown().split(REDRAW.replace("[", "\\["), -1).length).isLessThan(50);
  }

  @Test
  void dumbTerminalsAndContinuousIntegrationGetNoRedraws() {
    build(terminal(Map.of("TERM", "dumb"), true, false));
    assertThat(shown()).doesNotContain("\033", "\r");
    build(terminal(Map.of("CI", "1", "NO_COLOR", "1"), true, false));
    assertThat(shown()).doesNotContain("\033", "\r");
  }

  @Test
  void coloursAreOnlyForTerminals() {
    assertThat(terminal(Map.of(), true, false).colours()).isTrue();
    assertThat(terminal(Map.of("NO_COLOR", ""), true, false).colours()).isTrue();
    assertThat(terminal(Map.of("NO_COLOR", "1"), true, false).colours()).isFalse();
    assertThat(terminal(Map.of(), false, false).colours()).isFalse();
  }

  @Test
  void aFailedBuildIsSaidInWordsAndInColour() {
    terminal(Map.of(), false, false).accept(new BuildEvent.BuildEnded("demo", false, SECOND));
    assertThat(shown().strip()).isEqualTo("failed demo (1.0 s)");
    terminal(Map.of(), true, false).accept(new BuildEvent.BuildEnded("demo", false, SECOND));
    assertThat(shown()).contains("\033[31mfailed\033[0m demo");
  }

  @Test
  void fetchingIsShownInMegabytes() throws InterruptedException {
    Terminal terminal = terminal(Map.of(), true, false);
    terminal.accept(new BuildEvent.StepStarted("fetching"));
    for (OptionalLong whole : List.of(OptionalLong.of(4_000_000), OptionalLong.empty())) {
      Thread.sleep(100);
      terminal.accept(new FetchEvent.Progress(1, 2, 1_500_000, whole));
    }
    terminal.accept(new FetchEvent.Completed(URI.create("https://example.org/a"), 1));
    assertThat(shown())
        .contains("fetched 1 of 2 files, 1.5 MB of 4.0 MB")
        .endsWith("fetched 1 of 2 files, 1.5 MB");
  }

  @Test
  void aSecondTryIsALineThatStays() {
    terminal(Map.of(), false, false)
        .accept(
            new FetchEvent.Retrying(URI.create("https://example.org/a"), "timed out", 2, SECOND));
    assertThat(shown().strip())
        .isEqualTo("retrying https://example.org/a (timed out; try 2 in 1.0 s)");
  }

  @Test
  void whatIsNoBuildOrFetchIsNotShown() {
    terminal(Map.of(), true, true).accept(new Event() {});
    assertThat(shown()).isEmpty();
  }

  @Test
  void afterAFailureTheLastLinesAndTheWayToTheRestAreShown() throws Exception {
    StorePath derivation = StorePath.parse("/nix/store/" + "a".repeat(32) + "-demo.drv");
    var failed =
        new RealiseResult.Failed(
            derivation, "exited with code 2", List.of("no rule"), Optional.of(Path.of("log.bz2")));
    terminal(Map.of(), false, false).failed(failed);
    assertThat(Session.lines(shown()))
        .containsExactly(
            "last lines of the log:",
            "  no rule",
            "error: '%s': exited with code 2".formatted(derivation),
            "hint: the whole log: synapse log " + derivation);
    bytes.reset();
    terminal(Map.of(), false, true).failed(failed);
    assertThat(Session.lines(shown())).hasSize(2).first().asString().startsWith("error: ");
  }
}
