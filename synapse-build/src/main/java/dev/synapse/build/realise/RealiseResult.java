package dev.synapse.build.realise;

import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.store.path.StorePath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// How realising one derivation ended. A failed build is a result, not an exception.
public sealed interface RealiseResult {
  /// The derivation.
  StorePath derivation();

  /// Every output was there already.
  record Present(StorePath derivation, SortedMap<String, StorePath> outputs)
      implements RealiseResult {}

  /// Built now.
  ///
  /// @param level how closed the room was, if it was Synapse that made it
  record Built(
      StorePath derivation,
      SortedMap<String, StorePath> outputs,
      Duration took,
      Optional<SandboxLevel> level)
      implements RealiseResult {}

  /// Not built; nothing is registered.
  ///
  /// @param reason one line, such as "exited with code 2 in phase 'build'"
  /// @param lastLines what the phase that failed wrote last
  /// @param log where the whole log is, when there is one
  /// @param kept the build directory, when it was to be kept
  record Failed(
      StorePath derivation,
      String reason,
      List<String> lastLines,
      Optional<Path> log,
      Optional<Path> kept)
      implements RealiseResult {
    /// One whose build directory was not kept.
    public Failed(StorePath derivation, String reason, List<String> lastLines, Optional<Path> log) {
      this(derivation, reason, lastLines, log, Optional.empty());
    }
  }
}
