package dev.synapse.store.graph;

import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.util.SortedSet;

/// What paths refer to.
@FunctionalInterface
public interface References {
  /// The paths that `path` refers to, itself among them if it does.
  SortedSet<StorePath> of(StorePath path) throws IOException;
}
