package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What keeps one sandbox below its limits of memory and processes.
interface Containment extends AutoCloseable {
  /// The program that starts the launch script, with its arguments; empty for none.
  List<String> prefix();

  /// The `cgroup.procs` files of the groups that the launch script enters.
  List<Path> join();

  /// Limits of each process.
  List<HardLimit> hardLimits();

  /// The limit that was exceeded, if one was.
  ///
  /// @param init process id of the sandbox's first process
  Optional<Outcome> exceeded(long init) throws IOException;

  /// Ends what is left and removes what was made for it.
  @Override
  void close() throws IOException;
}
