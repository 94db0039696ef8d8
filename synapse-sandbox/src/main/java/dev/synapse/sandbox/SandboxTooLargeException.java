package dev.synapse.sandbox;

import java.io.IOException;

/// A sandbox has more mounts and variables than bubblewrap takes; nothing was run.
public final class SandboxTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  SandboxTooLargeException(int mounts, int variables, int most) {
    super(
        "a sandbox of %d mounts and %d variables is more than bubblewrap takes (%d arguments)"
            .formatted(mounts, variables, most));
  }
}
