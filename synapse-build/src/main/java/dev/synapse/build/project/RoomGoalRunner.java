package dev.synapse.build.project;

import dev.synapse.build.inputs.InputException;
import dev.synapse.build.lock.Lock;
import dev.synapse.build.locking.GoalRunner;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.maven.MavenOptions;
import dev.synapse.build.maven.MavenRun;
import dev.synapse.build.plan.BuilderScripts;
import dev.synapse.build.plan.PlannedInputs;
import dev.synapse.build.plan.Planner;
import dev.synapse.build.realise.GoalRoom;
import dev.synapse.build.realise.GoalRun;
import dev.synapse.build.realise.RealiseException;
import dev.synapse.build.realise.Room;
import dev.synapse.build.source.SourceException;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;

/// Runs recorded goals in the same room, with the same environment, as the build: only that Maven
/// there reaches the recording proxy.
public final class RoomGoalRunner implements GoalRunner {
  private static final String SETTINGS = "/synapse-settings.xml";

  private final ProjectInputs inputs;
  private final LocalStore store;
  private final GoalRoom room;

  /// Prepares with `inputs` and runs in `room`.
  public RoomGoalRunner(ProjectInputs inputs, LocalStore store, GoalRoom room) {
    this.inputs = inputs;
    this.store = store;
    this.room = room;
  }

  @Override
  public MavenRun prepare(Manifest manifest, PackageSpec wanted, Lock soFar)
      throws InputException, StoreException, IOException, InterruptedException {
    try {
      PlannedInputs planned = inputs.prepare(manifest, wanted, soFar, false);
      Derivation plan = Planner.plan(manifest, wanted, planned, BuilderScripts.in(store));
      List<String> options =
          MavenOptions.recording(
              SETTINGS, Room.BUILD_DIRECTORY + "/maven", manifest.project().sourceDate());
      return (settings, proxy) ->
          run(plan, new Words(options, wanted.recipe().mavenGoals()), settings, proxy);
    } catch (SourceException | DerivationException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private record Words(List<String> options, List<String> goals) {}

  private MavenRun.Outcome run(Derivation plan, Words words, Path settings, SocketAddress proxy)
      throws IOException, InterruptedException {
    if (!(proxy instanceof InetSocketAddress address)) {
      throw new IllegalArgumentException("the bridge leads to a port, not to " + proxy);
    }
    try {
      return room.run(
          new GoalRun(plan, words.options(), words.goals(), settings, Path.of(SETTINGS), address));
    } catch (RealiseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
