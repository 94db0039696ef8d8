package dev.synapse.store.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.hash.HashAlgorithm;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Hashing beside whoever writes.
final class NarHasherTest {
  private static final byte[] MUCH = new byte[6 << 20];

  static {
    new Random(1).nextBytes(MUCH);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1 << 18, (1 << 18) + 1, 6 << 20})
  void theHashIsThatOfAllBytes(int length) throws Exception {
    try (NarHasher hasher = new NarHasher()) {
      hasher.write(MUCH, 0, length);
      NarHash found = hasher.finish();
      MessageDigest plain = HashAlgorithm.SHA256.newDigest();
      plain.update(MUCH, 0, length);
      assertThat(found.size()).isEqualTo(length);
      assertThat(found.hash().bytes()).isEqualTo(plain.digest());
    }
  }

  @Test
  @Timeout(60)
  void whoeverWritesSleepsWhereHashingIsLate() throws Exception {
    Thread writer = Thread.currentThread();
    Supplier<MessageDigest> late =
        () -> {
          while (writer.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
          }
          return HashAlgorithm.SHA256.newDigest();
        };
    try (NarHasher hasher = new NarHasher(HashAlgorithm.SHA256, late)) {
      hasher.write(MUCH);
      assertThat(hasher.finish().hash().bytes())
          .isEqualTo(HashAlgorithm.SHA256.newDigest().digest(MUCH));
    }
  }

  @Test
  @Timeout(60)
  void whoeverWritesCanBeInterrupted() throws Exception {
    try (NarHasher hasher = new NarHasher()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> hasher.write(MUCH)).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  @Timeout(60)
  void whatHashesSleepsWhereWritingIsLate() throws Exception {
    AtomicReference<Thread> hashing = new AtomicReference<>();
    Supplier<MessageDigest> known =
        () -> {
          hashing.set(Thread.currentThread());
          return HashAlgorithm.SHA256.newDigest();
        };
    try (NarHasher hasher = new NarHasher(HashAlgorithm.SHA256, known)) {
      int half = MUCH.length / 2;
      hasher.write(MUCH, 0, half);
      while (hashing.get() == null || hashing.get().getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      hasher.write(MUCH, half, MUCH.length - half);
      assertThat(hasher.finish().hash().bytes())
          .isEqualTo(HashAlgorithm.SHA256.newDigest().digest(MUCH));
    }
  }

  @Test
  @Timeout(60)
  void whereTheDigestCannotBeHadThereIsNoHash() throws Exception {
    assertRefused(
        () -> {
          throw new IllegalStateException("none");
        });
  }

  @Test
  @Timeout(60)
  void whereTheDigestFailsOnTheWayThereIsNoHash() throws Exception {
    assertRefused(
        () ->
            new MessageDigest("fails") {
              @Override
              protected void engineUpdate(byte input) {
                throw new IllegalStateException("full");
              }

              @Override
              protected void engineUpdate(byte[] input, int offset, int length) {
                throw new IllegalStateException("full");
              }

              @Override
              protected byte[] engineDigest() {
                return new byte[0];
              }

              @Override
              protected void engineReset() {}
            });
  }

  private static void assertRefused(Supplier<MessageDigest> bulk) throws Exception {
    try (NarHasher hasher = new NarHasher(HashAlgorithm.SHA256, bulk)) {
      hasher.write(MUCH);
      assertThatThrownBy(hasher::finish).hasMessage("hashing failed");
    }
  }
}
