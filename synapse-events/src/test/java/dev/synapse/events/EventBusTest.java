package dev.synapse.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class EventBusTest {
  private record Numbered(int number) implements Event {}

  private final EventBus bus = new EventBus();

  @Test
  void handsEveryEventToEveryObserverInOrder() {
    List<Event> first = new ArrayList<>();
    List<Event> second = new ArrayList<>();
    bus.subscribe(first::add);
    bus.subscribe(second::add);

    bus.publish(new Numbered(1));
    bus.publish(new Numbered(2));

    assertThat(first).containsExactly(new Numbered(1), new Numbered(2));
    assertThat(second).isEqualTo(first);
  }

  @Test
  void stopsWhenTheSubscriptionIsClosed() {
    List<Event> seen = new ArrayList<>();
    try (var _ = bus.subscribe(seen::add)) {
      bus.publish(new Numbered(1));
    }
    bus.publish(new Numbered(2));

    assertThat(seen).containsExactly(new Numbered(1));
  }

  @Test
  void losesNothingWhenManyThreadsPublish() {
    List<Event> seen = new ArrayList<>();
    bus.subscribe(seen::add);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1000; i++) {
        int number = i;
        threads.execute(() -> bus.publish(new Numbered(number)));
      }
    }

    assertThat(seen).hasSize(1000).doesNotHaveDuplicates();
  }
}
