package dev.synapse.build.realise;

import dev.synapse.build.progress.BuildEvent;
import dev.synapse.events.EventBus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Takes what a builder writes: keeps all of it in a file, tells it line by line, and knows the
/// phase that runs and the lines that were last.
///
/// A phase begins where the builder writes the line `@nix {"action":"setPhase","phase":"NAME"}`, as
/// Nix's own builders do.
final class BuilderLog extends OutputStream {
  private static final Pattern PHASE =
      Pattern.compile(
          "@nix \\{\\s*\"action\":\\s*\"setPhase\",\\s*\"phase\":\\s*\"([^\"\\\\]+)\"\\s*\\}");
  private static final int TAIL_LINES = 25;
  private static final int LONGEST_LINE = 1 << 14;

  private final String name;
  private final OutputStream file;
  private final EventBus bus;
  private final byte[] line = new byte[LONGEST_LINE];
  private int length;
  private final Deque<String> tail = new ArrayDeque<>();
  private Optional<String> phase = Optional.empty();
  private long phaseStarted;

  BuilderLog(String name, OutputStream file, EventBus bus) {
    this.name = name;
    this.file = file;
    this.bus = bus;
  }

  @Override
  public synchronized void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int count) throws IOException {
    file.write(bytes, offset, count);
    for (int i = offset; i < offset + count; i++) {
      if (bytes[i] == '\n') {
        endLine();
      } else if (length < LONGEST_LINE) {
        line[length] = bytes[i];
        length++;
      }
    }
  }

  private void endLine() {
    String text = new String(line, 0, length, StandardCharsets.UTF_8);
    length = 0;
    Matcher announced = PHASE.matcher(text);
    if (announced.matches()) {
      endPhase();
      String next = announced.group(1);
      phase = Optional.of(next);
      phaseStarted = System.nanoTime();
      tail.clear();
      bus.publish(new BuildEvent.PhaseStarted(name, next));
      return;
    }
    if (tail.size() == TAIL_LINES) {
      tail.removeFirst();
    }
    tail.addLast(text);
    bus.publish(new BuildEvent.LogLine(name, text));
  }

  private void endPhase() {
    phase.ifPresent(
        ended ->
            bus.publish(
                new BuildEvent.PhaseEnded(
                    name, ended, Duration.ofNanos(System.nanoTime() - phaseStarted))));
  }

  /// The builder has ended: tells an unfinished last line and the end of the last phase.
  @Override
  public synchronized void close() throws IOException {
    if (length > 0) {
      endLine();
    }
    endPhase();
    file.close();
  }

  /// The phase announced last.
  synchronized Optional<String> phase() {
    return phase;
  }

  /// What the phase that ran last wrote, at most its last 25 lines.
  synchronized List<String> lastLines() {
    return List.copyOf(tail);
  }
}
