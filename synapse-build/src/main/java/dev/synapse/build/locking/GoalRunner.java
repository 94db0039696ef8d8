package dev.synapse.build.locking;

import dev.synapse.build.inputs.InputException;
import dev.synapse.build.lock.Lock;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.maven.MavenRun;
import dev.synapse.store.local.StoreException;
import java.io.IOException;

/// Prepares the run of a package's goals that a lock records.
@FunctionalInterface
public interface GoalRunner {
  /// Puts toolchain, inputs and sources into the store.
  ///
  /// @param soFar the locked toolchains and inputs
  /// @return runs the goals in the room
  MavenRun prepare(Manifest manifest, PackageSpec wanted, Lock soFar)
      throws InputException, StoreException, IOException, InterruptedException;
}
