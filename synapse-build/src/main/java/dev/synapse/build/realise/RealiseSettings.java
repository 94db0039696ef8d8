package dev.synapse.build.realise;

import static java.util.Objects.requireNonNull;

import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Mount;
import java.util.List;

/// How derivations are built.
///
/// @param limits what one builder may use
/// @param cores value of `NIX_BUILD_CORES`
/// @param keepFailed whether the build directory of a failed build stays
/// @param more mounts for builders that have no toolchain root, such as a shell at `/bin/sh`
public record RealiseSettings(Limits limits, int cores, boolean keepFailed, List<Mount> more) {
  /// Refuses less than one core.
  public RealiseSettings {
    requireNonNull(limits, "limits");
    more = List.copyOf(more);
    if (cores < 1) {
      throw new IllegalArgumentException("a build with " + cores + " cores");
    }
  }
}
