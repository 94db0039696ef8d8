package dev.synapse.store.derivation;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StorePath;

/// What is known of an output before it is built. All outputs of a derivation are of one kind.
public sealed interface DerivationOutput {
  /// The path follows from everything that goes into the build.
  record InputAddressed(StorePath path) implements DerivationOutput {}

  /// The contents are known; the path follows from them. Such a build may use the network.
  ///
  /// @param recursive whether `hash` is that of the NAR, else that of the file's bytes
  record Fixed(boolean recursive, Hash hash) implements DerivationOutput {
    /// The algorithm as it is written, such as `r:sha256`.
    String method() {
      return (recursive ? "r:" : "") + hash.algorithm().label();
    }
  }

  /// The path will follow from the contents.
  record Floating(boolean recursive, HashAlgorithm algorithm) implements DerivationOutput {}

  /// The path will follow from the inputs, once the floating ones among them are built.
  record Deferred() implements DerivationOutput {}

  /// Built anew each time.
  record Impure(boolean recursive, HashAlgorithm algorithm) implements DerivationOutput {}
}
