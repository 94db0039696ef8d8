package dev.synapse.build.locking;

import dev.synapse.build.lock.Lock;
import java.util.List;

/// A new lock, and what changed: one line per entry, `toolchain java: 65 packages`.
public record LockResult(Lock lock, List<String> changes) {
  /// Copies the list.
  public LockResult {
    changes = List.copyOf(changes);
  }
}
