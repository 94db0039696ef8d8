package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.path.StorePath;

/// A store path to the byte.
///
/// @param narHash `sha256-` and base 64 of the archive's hash
/// @param narSize bytes of the archive
public record BatchOutput(StorePath path, String narHash, long narSize) {
  /// Refuses null.
  public BatchOutput {
    requireNonNull(path, "path");
    requireNonNull(narHash, "narHash");
  }
}
