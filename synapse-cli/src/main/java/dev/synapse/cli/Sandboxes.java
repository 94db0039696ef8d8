package dev.synapse.cli;

import dev.synapse.build.debian.OwnBubblewrap;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.FetchProblem;
import dev.synapse.sandbox.Bubblewrap;
import dev.synapse.sandbox.SandboxProblem;
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
        if (!e.problem().otherBubblewrapMayHelp() || !OwnBubblewrap.runsHere()) {
          throw e;
        }
        synapse.err().println("synapse: " + e.getMessage());
        synapse.err().println("synapse: taking Synapse's own bubblewrap");
        return inPlaceOf(e.problem(), workshop);
      }
    }
    return own(workshop);
  }

  /// Where its own cannot be fetched, the system's is still what to mend.
  private static Bubblewrap inPlaceOf(SandboxProblem problem, Workshop workshop) throws Exception {
    try {
      return own(workshop);
    } catch (FetchException e) {
      throw switch (e.problem()) {
        case FetchProblem.NoRepository _,
            FetchProblem.NotFound _,
            FetchProblem.Refused _,
            FetchProblem.Unreachable _ ->
            new CommandException(
                ExitCode.ENVIRONMENT, "no sandbox, and " + e.getMessage(), problem.hint());
        default -> e;
      };
    }
  }

  private static Bubblewrap own(Workshop workshop) throws Exception {
    return Bubblewrap.tried(OwnBubblewrap.commandLine(workshop.ownBubblewrap()));
  }
}
