package dev.synapse.store.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.hash.Nix32;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// What holds wherever a digest stands and however the stream is cut.
final class ReferencePropertiesTest {
  private static final int TRIES = 300;

  @Property(seed = "1", tries = TRIES)
  void aDigestIsFoundAndReplacedAnywhere(
      @ForAll long seed,
      @ForAll @IntRange(max = 140_000) int before,
      @ForAll @IntRange(max = 70) int after,
      @ForAll @IntRange(min = 1, max = 70_000) int piece)
      throws Exception {
    Random random = new Random(seed);
    String digest = nix32(random, StorePath.DIGEST_LENGTH);
    String other = nix32(random, StorePath.DIGEST_LENGTH);
    String head = nix32(random, before);
    String tail = nix32(random, after);
    byte[] stream = (head + digest + tail).getBytes(StandardCharsets.US_ASCII);
    StorePath path = new StorePath(digest, "x");

    ReferenceScanner scanner = new ReferenceScanner(List.of(path, new StorePath(other, "y")));
    ByteArrayOutputStream rewritten = new ByteArrayOutputStream();
    DigestRewriter rewriter = new DigestRewriter(Map.of(digest, other), rewritten);
    for (int at = 0; at < stream.length; at += piece) {
      scanner.write(stream, at, Math.min(piece, stream.length - at));
      rewriter.write(stream, at, Math.min(piece, stream.length - at));
    }
    rewriter.finish();

    assertThat(scanner.found()).containsExactly(path);
    assertThat(rewritten.toString(StandardCharsets.US_ASCII)).isEqualTo(head + other + tail);
  }

  private static String nix32(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int index = 0; index < length; index++) {
      text.append(Nix32.ALPHABET.charAt(random.nextInt(Nix32.ALPHABET.length())));
    }
    return text.toString();
  }
}
