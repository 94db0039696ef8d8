package dev.synapse.build.realise;

import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What runs the builder of a derivation, and only that: which derivations are built, what their
/// outputs have to be, and how these become valid is the same for every engine.
public interface Engine {
  /// Runs the builder. Afterwards its outputs lie in the job's store folder.
  ///
  /// @return what was wrong with the build, in one line; empty if it succeeded
  /// @throws RealiseException when this engine cannot try the derivation
  /// @throws IOException when the engine itself fails
  /// @throws InterruptedException when interrupted; the builder has ended then
  Optional<String> build(Job job)
      throws RealiseException, StoreException, IOException, InterruptedException;

  /// How closed its room is; empty if another program makes the room.
  Optional<SandboxLevel> level();

  /// One derivation to build, whose inputs are valid.
  ///
  /// @param task what to build
  /// @param places where to
  /// @param limits what the builder may use
  /// @param log takes what the builder writes
  /// @param anew whether the builder has to run even if this engine has built the derivation before
  record Job(Task task, Places places, Limits limits, OutputStream log, boolean anew) {}

  /// What to build.
  ///
  /// @param outputs paths by output name
  /// @param closure all that the builder may find in the store
  /// @param toolchain the member of `closure` that is to be its `/usr`, `/bin` and so on
  record Task(
      StorePath path,
      Derivation derivation,
      SortedMap<String, StorePath> outputs,
      SortedSet<StorePath> closure,
      Optional<StorePath> toolchain) {
    /// Copies both collections.
    public Task {
      outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
      closure = Collections.unmodifiableSortedSet(new TreeSet<>(closure));
    }
  }

  /// Empty folders on this machine.
  ///
  /// @param build for what is there as long as the builder runs
  /// @param store where the outputs are to be, under the base names of their paths
  record Places(Path build, Path store) {
    /// Where an output is to be.
    public Path of(StorePath output) {
      return store.resolve(output.baseName());
    }
  }
}
