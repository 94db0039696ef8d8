package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.path.StorePath;
import java.util.Optional;

/// What a batch is a batch of, and by which procedure it was made.
///
/// @param name of the package
/// @param version of the project
/// @param derivation the whole procedure, with every input
/// @param lock the SHA-256 of the `synapse.lock`, in hexadecimal; the store of records keeps the
///   file
public record BatchSubject(
    String name, String version, StorePath derivation, Optional<String> lock) {
  /// Refuses null.
  public BatchSubject {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(derivation, "derivation");
    requireNonNull(lock, "lock");
  }
}
