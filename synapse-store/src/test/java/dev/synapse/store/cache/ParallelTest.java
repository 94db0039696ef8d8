package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;

/// How doing one thing to many ends, and how it is interrupted.
final class ParallelTest {
  private static final List<Integer> MANY = List.of(1, 2, 3, 4, 5, 6, 7, 8);

  @Test
  void everyOneIsDoneBeforeItReturns() throws Exception {
    Set<Integer> done = ConcurrentHashMap.newKeySet();
    Parallel.each(MANY, 3, done::add);
    assertThat(done).containsExactlyInAnyOrderElementsOf(MANY);
    Parallel.each(List.<Integer>of(), 3, done::add);
    Parallel.each(List.of(9), 3, done::add);
    assertThat(done).contains(9);
  }

  @Test
  void theFirstFailureOfAnyKindIsThrownAsItIsAndEndsTheOthers() {
    CountDownLatch never = new CountDownLatch(1);
    for (Throwable failure :
        List.of(
            new FileNotFoundException("absent"),
            new IllegalArgumentException("wrong"),
            new AssertionError("a bug"))) {
      assertThatThrownBy(
              () ->
                  Parallel.each(
                      MANY,
                      MANY.size(),
                      number -> {
                        if (number == 5) {
                          fail(failure);
                        }
                        await(never);
                      }))
          .isSameAs(failure);
    }
  }

  private static void fail(Throwable failure) throws IOException {
    switch (failure) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException _) {
      throw new InterruptedIOException("ended");
    }
  }

  @Test
  void whoWaitsCanBeInterrupted() {
    CountDownLatch never = new CountDownLatch(1);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Parallel.each(MANY, 2, _ -> await(never)))
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("interrupted while a cache was in use");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void anInterruptedRequestSaysWhatWasOnItsWay() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        BinaryCache cache =
            new BinaryCaches(CacheSettings.DEFAULT)
                .open("http://127.0.0.1:" + silent.getLocalPort())) {
      Thread.currentThread().interrupt();
      try {
        assertThatThrownBy(() -> cache.contains("log/x"))
            .isInstanceOf(InterruptedIOException.class)
            .hasMessage("interrupted while '%s/log/x' was on its way".formatted(cache.location()));
      } finally {
        assertThat(Thread.interrupted()).isTrue();
      }
    }
  }

  @Test
  void anInterruptedRequestToABucketSaysWhatWasOnItsWay() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String location =
          "s3://bucket?region=eu-west-1&scheme=http&endpoint=127.0.0.1:" + silent.getLocalPort();
      try (BinaryCache cache =
          S3Cache.open(
              S3Location.parse(location, URI.create(location)),
              CacheSettings.DEFAULT,
              AnonymousCredentialsProvider.create())) {
        Thread.currentThread().interrupt();
        try {
          assertThatThrownBy(() -> cache.contains("log/x"))
              .isInstanceOf(InterruptedIOException.class)
              .hasMessage("interrupted while 'log/x' of '%s' was on its way".formatted(location));
          assertThat(Thread.currentThread().isInterrupted()).isTrue();
          assertThatThrownBy(() -> put(cache))
              .isInstanceOf(InterruptedIOException.class)
              .hasMessage("interrupted while 'log/x' was on its way to '%s'".formatted(location));
        } finally {
          assertThat(Thread.interrupted()).isTrue();
        }
      }
    }
  }

  /// Writes without being interrupted before the bytes are on their way.
  private static void put(BinaryCache cache) throws IOException {
    boolean _ = Thread.interrupted();
    try (PendingFile file = cache.create()) {
      file.out().write(new byte[] {1});
      Thread.currentThread().interrupt();
      file.commit("log/x");
    }
  }
}
