package dev.synapse.store.derivation;

import dev.synapse.store.path.StorePath;
import java.io.IOException;

/// Where derivations come from that others build on.
@FunctionalInterface
public interface DerivationSource {
  /// The derivation in the file `path`; fails with [DerivationProblem.Missing] if there is none.
  Derivation read(StorePath path) throws IOException, DerivationException;
}
