package dev.synapse.build.realise;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.Collection;
import java.util.Set;

/// Where outputs and sources can be had that somebody else made. Asked before anything is built;
/// several threads may fetch at once.
public interface Substituter {
  /// Has nothing.
  Substituter NONE =
      new Substituter() {
        @Override
        public Set<StorePath> offered(Collection<StorePath> paths) {
          return Set.of();
        }

        @Override
        public boolean fetch(StorePath path) {
          return false;
        }
      };

  /// Those of `paths` that can be had.
  Set<StorePath> offered(Collection<StorePath> paths) throws IOException, InterruptedException;

  /// Makes `path` valid, with all it refers to.
  ///
  /// @return whether it is valid now; what cannot be had after all is built
  /// @throws IOException when the store fails
  boolean fetch(StorePath path) throws IOException, InterruptedException;
}
