package dev.synapse.events;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/// Hands every event to every observer, in the order of publication.
///
/// Delivery is synchronous: [#publish] returns when all observers have seen the event. So there is
/// no queue that can overflow and nothing is lost when the process ends; the price is that a slow
/// observer holds the publisher back.
public final class EventBus {
  private final CopyOnWriteArrayList<Observer> observers = new CopyOnWriteArrayList<>();
  private final ReentrantLock order = new ReentrantLock();

  /// A bus that nobody watches yet.
  public EventBus() {}

  /// Hands `event` to all observers. An observer that publishes in turn is served after them.
  public void publish(Event event) {
    order.lock();
    try {
      for (Observer observer : observers) {
        observer.accept(event);
      }
    } finally {
      order.unlock();
    }
  }

  /// Adds an observer; it sees what is published from now on, until the subscription is closed.
  public Subscription subscribe(Observer observer) {
    observers.add(observer);
    return () -> observers.remove(observer);
  }

  /// Ends one observer's watching when closed.
  @FunctionalInterface
  public interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
