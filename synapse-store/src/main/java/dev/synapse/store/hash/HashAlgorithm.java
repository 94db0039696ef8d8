package dev.synapse.store.hash;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/// The algorithms that the Nix formats know. New things are hashed with [#SHA256]; the older ones
/// serve to check what others published.
public enum HashAlgorithm {
  /// 16 bytes, broken.
  MD5("md5", "MD5", 16),
  /// 20 bytes, broken.
  SHA1("sha1", "SHA-1", 20),
  /// 32 bytes.
  SHA256("sha256", "SHA-256", 32),
  /// 64 bytes.
  SHA512("sha512", "SHA-512", 64);

  private final String label;
  private final String provided;
  private final int size;

  HashAlgorithm(String label, String provided, int size) {
    this.label = label;
    this.provided = provided;
    this.size = size;
  }

  /// The algorithm that is written `label`; lower case only.
  public static Optional<HashAlgorithm> ofLabel(String label) {
    for (HashAlgorithm each : values()) {
      if (each.label.equals(label)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// The name that hashes are written with: `md5`, `sha1`, `sha256`, `sha512`.
  public String label() {
    return label;
  }

  /// The size of a digest, in bytes.
  public int size() {
    return size;
  }

  /// A fresh computation.
  public MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance(provided);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + provided, e);
    }
  }

  /// A fresh computation for much data: by OpenSSL where the machine has it, which is quicker once
  /// it is there, but not there at once. For one thread at a time.
  public MessageDigest newBulkDigest() {
    return NativeDigest.of(label, size).orElseGet(this::newDigest);
  }

  /// Begins, beside what goes on here, to make ready what [#newBulkDigest()] needs: the JVM takes
  /// some twenty milliseconds to link the first function of a library.
  public static void prepareBulk() {
    Thread.ofPlatform().daemon().name("hash-library").start(SHA256::newBulkDigest);
  }
}
