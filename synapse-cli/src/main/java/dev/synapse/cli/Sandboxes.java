package dev.synapse.cli;

import dev.synapse.build.debian.OwnBubblewrap;
import dev.synapse.sandbox.Bubblewrap;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.sandbox.SandboxUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Finds the program that makes sandboxes: the system's where it works, else Synapse's own, which
/// is fetched by its hashes like any other input. Without either nothing is run.
final class Sandboxes {
  private Sandboxes() {}

  static SandboxRunner runner(SynapseCommand synapse, Workshop workshop) throws Exception {
    Path scratch = synapse.storeFolder().resolve("synapse").resolve("runs");
    Files.createDirectories(scratch);
    return new SandboxRunner(bubblewrap(synapse, workshop), scratch);
  }

  private static Bubblewrap bubblewrap(SynapseCommand synapse, Workshop workshop) throws Exception {
    boolean own = synapse.environment().containsKey("SYNAPSE_OWN_BUBBLEWRAP");
    if (!own) {
      try {
        return Bubblewrap.locate();
      } catch (SandboxUnavailableException e) {
        // Its own may be newer, or there may be none at all; if the kernel refuses, it says so too.
        synapse.err().println("synapse: " + e.getMessage());
        synapse.err().println("synapse: trying Synapse's own bubblewrap");
      }
    }
    Path root = workshop.ownBubblewrap();
    return Bubblewrap.tried(OwnBubblewrap.commandLine(root));
  }
}
