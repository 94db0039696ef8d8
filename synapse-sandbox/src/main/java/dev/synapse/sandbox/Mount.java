package dev.synapse.sandbox;

import java.nio.file.Path;

/// One thing that a sandboxed process finds in its file system.
public sealed interface Mount {
  /// The host's `from`, read-only at `to`.
  record ReadOnly(Path from, Path to) implements Mount {}
}
