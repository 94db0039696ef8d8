package dev.synapse.events;

/// Watches what happens: a progress display, a journal, metrics.
@FunctionalInterface
public interface Observer {
  /// Takes one event. Called by the thread that published it, for one event at a time; an observer
  /// that is slow slows the work down, and none is ever dropped.
  void accept(Event event);
}
