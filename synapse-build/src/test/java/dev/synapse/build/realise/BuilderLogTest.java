package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.progress.BuildEvent;
import dev.synapse.events.Event;
import dev.synapse.events.EventBus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class BuilderLogTest {
  private final ByteArrayOutputStream file = new ByteArrayOutputStream();
  private final EventBus bus = new EventBus();
  private final List<Event> events = new ArrayList<>();
  private final BuilderLog log = new BuilderLog("x", file, bus);

  @BeforeEach
  void watch() {
    bus.subscribe(events::add);
  }

  private void write(String text) throws Exception {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    log.write(bytes, 0, bytes.length);
  }

  @Test
  void keepsEveryByteAndTellsWholeLines() throws Exception {
    write("one\ntw");
    write("o\nthree");
    log.close();

    assertThat(file.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\nthree");
    assertThat(events)
        .containsExactly(
            new BuildEvent.LogLine("x", "one"),
            new BuildEvent.LogLine("x", "two"),
            new BuildEvent.LogLine("x", "three"));
  }

  @Test
  void knowsThePhaseAndForgetsTheLinesOfTheOneBefore() throws Exception {
    write("@nix {\"action\":\"setPhase\",\"phase\":\"build\"}\nold\n");
    write("@nix { \"action\": \"setPhase\", \"phase\": \"check\" }\nnew\n");

    assertThat(log.phase()).contains("check");
    assertThat(log.lastLines()).containsExactly("new");
    assertThat(events)
        .contains(
            new BuildEvent.PhaseStarted("x", "build"), new BuildEvent.PhaseStarted("x", "check"));
    assertThat(events)
        .filteredOn(event -> event instanceof BuildEvent.PhaseEnded)
        .singleElement()
        .satisfies(event -> assertThat(((BuildEvent.PhaseEnded) event).phase()).isEqualTo("build"));
  }

  @Test
  void keepsOnlyTheLastLinesAndCutsEndlessOnes() throws Exception {
    for (int i = 0; i < 100; i++) {
      write(i + "\n");
    }
    write("x".repeat(1 << 20) + "\n");

    assertThat(log.lastLines()).hasSize(25).startsWith("76");
    assertThat(log.lastLines().getLast()).hasSize(1 << 14);
  }
}
