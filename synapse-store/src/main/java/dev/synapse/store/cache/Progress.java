package dev.synapse.store.cache;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// Waits for uploads as long as bytes flow: a time limit for the whole would depend on the size.
final class Progress {
  private Progress() {}

  /// The answer; `stalled` if for so long neither it came nor a byte was taken.
  ///
  /// @param sent counts the bytes that were taken
  static <T> T await(
      Future<T> answer, AtomicLong sent, Duration stall, Supplier<CacheException> stalled)
      throws IOException, InterruptedException {
    long before = -1;
    try {
      while (true) {
        try {
          return answer.get(stall.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
          if (sent.get() == before) {
            throw stalled.get();
          }
          before = sent.get();
        }
      }
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    } finally {
      answer.cancel(true);
    }
  }
}
