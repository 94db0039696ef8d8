package dev.synapse.store.reference;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Hashes an archive that may mention its own store path, so that the path can follow from the
/// hash: the own digest counts as zeros, and where it stood is hashed at the end. Without any
/// mention this is the plain hash.
///
/// @see <a href="https://nix.dev/manual/nix/latest/store/store-object/content-address">Nix manual,
///   Content-Addressing Store Objects</a>
public final class SelfReferenceHasher extends OutputStream {
  private final HashAlgorithm algorithm;
  private final MessageDigest digest;
  private final List<Long> offsets = new ArrayList<>();
  private final DigestRewriter rewriter;

  /// Hashes what mentions `ownDigest`, the 32 characters of its path.
  public SelfReferenceHasher(HashAlgorithm algorithm, String ownDigest) {
    this.algorithm = algorithm;
    this.digest = algorithm.newDigest();
    this.rewriter =
        new DigestRewriter(
            Map.of(ownDigest, "\0".repeat(StorePath.DIGEST_LENGTH)),
            new DigestOutputStream(OutputStream.nullOutputStream(), digest),
            offsets::add);
  }

  @Override
  public void write(int value) throws IOException {
    rewriter.write(value);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    rewriter.write(bytes, from, length);
  }

  /// The hash of all bytes. Nothing can be written afterwards.
  public Hash finish() throws IOException {
    rewriter.finish();
    for (long offset : offsets) {
      digest.update(("|" + offset).getBytes(StandardCharsets.US_ASCII));
    }
    return Hash.ofDigest(algorithm, digest.digest());
  }

  /// Where the own digest stood, in the order of the stream; complete after [#finish()].
  public List<Long> offsets() {
    return List.copyOf(offsets);
  }
}
