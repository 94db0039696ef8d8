package dev.synapse.cli;

import dev.synapse.build.fetch.FetchEvent;
import dev.synapse.build.progress.BuildEvent;
import dev.synapse.build.realise.RealiseResult;
import dev.synapse.events.Event;
import dev.synapse.events.Observer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Shows what happens on the error stream: one line per step and phase, and in a terminal a last
/// line that says what is going on just now. Standard output is left to data.
final class Terminal implements Observer, AutoCloseable {
  private static final long BETWEEN_REDRAWS_NANOS = 80_000_000L;
  private static final int WIDTH = 100;
  private static final double BYTES_PER_MEGABYTE = 1e6;
  private static final long MILLIS_PER_TENTH = 100;
  private static final long TENTHS_PER_SECOND = 10;

  // Colours: ECMA-48, SGR.
  private static final String RED = "31";
  private static final String GREEN = "32";

  private final PrintStream err;
  private final boolean redraws;
  private final boolean colours;
  private final boolean wholeLog;
  private String doing = "";
  private long doingSince;
  private long lastDrawn;
  private boolean statusShown;

  Terminal(PrintStream err, Map<String, String> environment, boolean terminal, boolean wholeLog) {
    this.err = err;
    boolean dumb = "dumb".equals(environment.get("TERM"));
    this.redraws = terminal && !dumb && !environment.containsKey("CI");
    this.colours = terminal && !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
    this.wholeLog = wholeLog;
  }

  /// For a command: a terminal where the error stream is one.
  static Terminal of(SynapseCommand synapse, boolean wholeLog) {
    // Java cannot ask this of the error stream; the launcher can.
    boolean terminal = Boolean.getBoolean("synapse.terminal");
    return new Terminal(synapse.err(), synapse.environment(), terminal, wholeLog);
  }

  /// A build that failed: why, what its last phase wrote last, and where the rest is.
  void failed(RealiseResult.Failed failed) {
    lastLines(failed.lastLines());
    line("error: '%s': %s".formatted(failed.derivation(), failed.reason()));
    failed.log().ifPresent(log -> line("hint: the whole log: synapse log " + failed.derivation()));
    failed.kept().ifPresent(kept -> line("hint: its build directory is kept: " + kept));
  }

  /// What was written last by what failed, where not all of it was shown already.
  void lastLines(List<String> lines) {
    if (!lines.isEmpty() && !wholeLog) {
      line("last lines of the log:");
      lines.forEach(each -> line("  " + each));
    }
  }

  /// Prints a verdict, in colours where this terminal has them. The names in it are plain already.
  void verdict(Judgement judgement) {
    judgement.toText(colours).lines().forEach(this::trusted);
  }

  boolean colours() {
    return colours;
  }

  @Override
  public synchronized void accept(Event event) {
    if (event instanceof BuildEvent build) {
      show(build);
    } else if (event instanceof FetchEvent fetch) {
      show(fetch);
    }
  }

  private void show(BuildEvent event) {
    switch (event) {
      case BuildEvent.Preparing preparing -> show(preparing);
      case BuildEvent.Building building -> show(building);
      case BuildEvent.Waiting(String name) ->
          line("waiting for another process, which builds " + name);
      case BuildEvent.Warning(String text) -> line("warning: " + text);
      case BuildEvent.Substituted(String path, String cache) ->
          line("fetched %s from %s".formatted(path, cache));
    }
  }

  private void show(BuildEvent.Preparing event) {
    switch (event) {
      case BuildEvent.StepStarted(String text) -> begin(text);
      case BuildEvent.StepProgress(String text) -> status(text);
      case BuildEvent.StepEnded(String text, Duration took) -> done(text, took);
    }
  }

  private void show(BuildEvent.Building event) {
    switch (event) {
      case BuildEvent.BuildStarted(String name) -> line("building " + name);
      case BuildEvent.PhaseStarted(String name, String phase) -> begin(name + ": " + phase);
      case BuildEvent.PhaseEnded(String name, String phase, Duration took) ->
          done(name + ": " + phase, took);
      case BuildEvent.LogLine(String name, String line) -> log(name, line);
      case BuildEvent.BuildEnded(String name, boolean success, Duration took) ->
          ended(name, success, took);
    }
  }

  private void log(String name, String line) {
    if (wholeLog) {
      line(name + "> " + line);
    } else {
      status(line);
    }
  }

  private void ended(String name, boolean success, Duration took) {
    String how = success ? coloured(GREEN, "built") : coloured(RED, "failed");
    trusted("%s %s (%s)".formatted(how, PlainText.of(name), inWords(took)));
  }

  private void show(FetchEvent event) {
    switch (event) {
      case FetchEvent.Progress(int done, int files, long bytesDone, var bytes) ->
          status(
              bytes.isPresent()
                  ? "fetched %d of %d files, %s of %s"
                      .formatted(
                          done, files, inMegabytes(bytesDone), inMegabytes(bytes.getAsLong()))
                  : "fetched %d of %d files, %s".formatted(done, files, inMegabytes(bytesDone)));
      case FetchEvent.Completed _ -> {
        // The progress says it.
      }
      case FetchEvent.Retrying(var address, var reason, int number, var pause) ->
          line("retrying %s (%s; try %d in %s)".formatted(address, reason, number, inWords(pause)));
    }
  }

  private static String inMegabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / BYTES_PER_MEGABYTE);
  }

  private void begin(String text) {
    doing = PlainText.of(text);
    doingSince = System.nanoTime();
    status("");
  }

  private void done(String text, Duration took) {
    doing = "";
    line("  %-40s %s".formatted(text, inWords(took)));
  }

  /// Prints one line that stays, whatever is in the text: see [PlainText].
  void line(String text) {
    trusted(PlainText.of(text));
  }

  /// Prints one line that stays and may have colours of our own.
  private synchronized void trusted(String text) {
    clearStatus();
    err.println(text);
    err.flush();
  }

  private void status(String detail) {
    if (!redraws || doing.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    if (statusShown && now - lastDrawn < BETWEEN_REDRAWS_NANOS) {
      return;
    }
    lastDrawn = now;
    String text =
        "  %s (%s) %s"
            .formatted(
                doing,
                inWords(Duration.ofNanos(now - doingSince)),
                PlainText.of(detail).replace('\t', ' '));
    err.print("\r\033[2K" + text.substring(0, Math.min(WIDTH, text.length())));
    err.flush();
    statusShown = true;
  }

  private void clearStatus() {
    if (statusShown) {
      err.print("\r\033[2K");
      statusShown = false;
    }
  }

  /// Leaves the cursor at the start of an empty line.
  @Override
  public synchronized void close() {
    clearStatus();
    err.flush();
  }

  private String coloured(String code, String text) {
    return colours ? "\033[" + code + "m" + text + "\033[0m" : text;
  }

  /// Minutes and seconds, or seconds and tenths of one.
  static String inWords(Duration duration) {
    if (duration.compareTo(Duration.ofMinutes(1)) >= 0) {
      return "%d min %02d s".formatted(duration.toMinutes(), duration.toSecondsPart());
    }
    long tenths = (duration.toMillis() + MILLIS_PER_TENTH / 2) / MILLIS_PER_TENTH;
    return tenths / TENTHS_PER_SECOND + "." + tenths % TENTHS_PER_SECOND + " s";
  }
}
