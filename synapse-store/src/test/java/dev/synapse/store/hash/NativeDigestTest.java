package dev.synapse.store.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The digests of libcrypto beside Java's own.
final class NativeDigestTest {
  @ParameterizedTest
  @EnumSource
  void bothGiveTheSame(HashAlgorithm algorithm) {
    MessageDigest java = algorithm.newDigest();
    var found = NativeDigest.of(algorithm.label(), algorithm.size());
    assumeThat(found).as("libcrypto of this machine").isPresent();
    MessageDigest digest = found.orElseThrow();
    Random random = new Random(1);
    for (int length : new int[] {0, 1, 63, 64, 65, 1 << 16, (1 << 16) + 1, 300_000}) {
      byte[] bytes = new byte[length + 7];
      random.nextBytes(bytes);
      for (MessageDigest each : new MessageDigest[] {java, digest}) {
        each.update(bytes, 3, length);
        each.update(bytes[0]);
        each.update(ByteBuffer.allocateDirect(length + 7).put(bytes).flip());
      }
      assertThat(digest.digest()).as("%d bytes", length).isEqualTo(java.digest());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasBegunAndResetDoesNotCount(HashAlgorithm algorithm) {
    MessageDigest digest = algorithm.newBulkDigest();
    digest.update(new byte[100]);
    digest.reset();
    assertThat(digest.digest()).isEqualTo(algorithm.newDigest().digest());
    assertThat(digest.getDigestLength()).isEqualTo(algorithm.size());
  }
}
