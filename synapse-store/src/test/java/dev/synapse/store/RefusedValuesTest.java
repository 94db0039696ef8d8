package dev.synapse.store;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.cache.CachePush;
import dev.synapse.store.cache.CacheSettings;
import dev.synapse.store.cache.Compression;
import dev.synapse.store.cache.NarFile;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.reference.DigestRewriter;
import dev.synapse.store.signature.Signature;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Values that cannot be are refused where they are made, with a message that shows them.
final class RefusedValuesTest {
  private static final String DIGEST = "q06x3jll2yfzckz2bzqak089p43ixkkq";
  private static final Hash SHA1 = Hash.of(HashAlgorithm.SHA1, new byte[] {1});

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aDigestHasTheSizeOfItsAlgorithm() {
    refused(
        () -> Hash.ofDigest(HashAlgorithm.SHA256, new byte[31]), "a sha256 has 32 bytes, not 31");
    refused(
        () -> new Signature("key", ByteString.of(new byte[63])),
        "a signature has 64 bytes, not 63");
  }

  @Test
  void aTextIsKnownByItsSha256() {
    refused(() -> new ContentAddress.Text(SHA1), "a text is known by its sha256, not by " + SHA1);
    refused(
        () -> StoreDirectory.NIX.textPath("x", SHA1, Set.of()),
        "a store path comes from a sha256, not from " + SHA1);
  }

  @Test
  void aDigestIsReplacedByOneOfTheSameLength() {
    refused(
        () ->
            new DigestRewriter(Map.of(DIGEST, "short"), OutputStream.nullOutputStream(), _ -> {})
                .close(),
        "'short' cannot replace '" + DIGEST + "'");
  }

  @Test
  void aFileOfACacheIsInsideOfIt() {
    refused(
        () -> new NarFile("../x", "none", Optional.empty(), OptionalLong.empty()),
        "'../x' leads out of the cache");
  }

  @Test
  void patienceAndWorkersAreAboveZero() {
    Duration second = Duration.ofSeconds(1);
    refused(
        () -> CacheSettings.DEFAULT.withPatience(second, 0, second),
        "tries, stall and connect must be above zero");
    refused(
        () -> CacheSettings.DEFAULT.withPatience(Duration.ZERO, 1, second),
        "tries, stall and connect must be above zero");
    refused(
        () -> new CachePush.Options(Compression.ZSTD, OptionalInt.empty(), List.of(), 0, 1),
        "parallel and threads must be above zero");
  }
}
