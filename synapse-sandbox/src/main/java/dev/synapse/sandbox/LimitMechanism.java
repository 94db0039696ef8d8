package dev.synapse.sandbox;

import dev.synapse.sandbox.SandboxLevel.Mechanism;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A way of this machine to keep sandboxes below their limits.
interface LimitMechanism {
  Mechanism name();

  /// Prepares for one sandbox.
  ///
  /// @param id names the sandbox among all of this program, and says whose it is
  /// @param inMemory folders of the sandbox that it may write and that lie in memory
  Containment open(RunId id, Limits limits, List<Path> inMemory) throws IOException;

  /// Ends and removes what dead programs left behind.
  void removeStale() throws IOException;

  /// The strongest that works here.
  static LimitMechanism detect() {
    return ControlGroups.detect().or(SystemdScope::detect).orElseGet(Polling::new);
  }
}
