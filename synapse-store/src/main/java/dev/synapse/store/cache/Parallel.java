package dev.synapse.store.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Collection;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/// Does one thing to many, several at a time.
final class Parallel {
  private Parallel() {}

  interface Step<T> {
    void run(T item) throws IOException;
  }

  /// Returns when all are done. The first failure ends the others and is thrown.
  static <T> void each(Collection<T> items, int atOnce, Step<T> step) throws IOException {
    if (items.size() == 1) {
      step.run(items.iterator().next());
      return;
    }
    Semaphore free = new Semaphore(atOnce);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ExecutorCompletionService<Boolean>(threads);
      for (T item : items) {
        running.submit(
            () -> {
              free.acquire();
              try {
                step.run(item);
              } finally {
                free.release();
              }
              return true;
            });
      }
      try {
        awaitAll(running, items.size());
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static void awaitAll(CompletionService<Boolean> running, int count) throws IOException {
    try {
      for (int left = count; left > 0; left--) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case Error failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a cache was in use");
    }
  }
}
