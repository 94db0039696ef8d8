package dev.synapse.build.realise;

import dev.synapse.build.maven.MavenRun;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.Outcome;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Runs Maven goals in the room of a package, to see what they fetch.
public final class GoalRoom {
  private final LocalStore store;
  private final Rooms rooms;
  private final EventBus bus;
  private final RealiseSettings settings;

  /// Runs with what is in `store`, telling `bus`.
  public GoalRoom(LocalStore store, SandboxRunner runner, EventBus bus, RealiseSettings settings) {
    this(store, new SandboxRooms(runner), bus, settings);
  }

  GoalRoom(LocalStore store, Rooms rooms, EventBus bus, RealiseSettings settings) {
    this.store = store;
    this.rooms = rooms;
    this.bus = bus;
    this.settings = settings;
  }

  /// Runs the goals. Nothing in the store changes.
  ///
  /// The package's own phases up to `configure` run before; then Maven, which reaches the proxy
  /// through a bridge, and nothing else.
  public MavenRun.Outcome run(GoalRun run)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Derivation plan = run.plan();
    StorePath path = plan.storePath();
    Requirements.check(path, plan);
    Attributes attributes = Attributes.of(path, plan);
    var closure = new Known(store).inputClosure(plan);
    var task =
        new Engine.Task(
            path, plan, plan.outputPaths(), closure, Attempts.toolchain(path, plan, closure));
    try (BuildDirectory directory = store.newBuildDirectory(path.name())) {
      var places =
          new Engine.Places(
              Files.createDirectory(directory.path().resolve("build")),
              Files.createDirectory(directory.path().resolve("store")));
      BuilderEnvironment environment =
          BuilderEnvironment.of(
              plan,
              attributes,
              plan.outputPaths(),
              Map.of(),
              Room.BUILD_DIRECTORY,
              settings.cores());
      SortedMap<ByteString, ByteString> variables = new TreeMap<>(environment.variables());
      Map.of(
              "recordGoals", String.join("\n", run.goals()),
              "recordOptions", String.join("\n", run.options()))
          .forEach((key, value) -> variables.put(ByteString.of(key), ByteString.of(value)));
      Sandbox room =
          new RoomEngine(store, rooms, settings)
              .room(
                  task,
                  new BuilderEnvironment(variables, environment.arguments(), environment.files()),
                  places)
              .withMounts(List.of(new Mount.ReadOnly(run.settings(), run.settingsInside())));
      BuilderLog lines = new BuilderLog(plan.name(), OutputStream.nullOutputStream(), bus);
      Outcome outcome;
      try (lines) {
        outcome = rooms.runReaching(run.proxy(), javaOf(plan), room, settings.limits(), lines);
      }
      return new MavenRun.Outcome(exitCode(plan, outcome), lines.lastLines());
    }
  }

  private static int exitCode(Derivation plan, Outcome outcome) throws RealiseException {
    return switch (outcome) {
      case Outcome.Exited(var code) -> code;
      default ->
          throw new RealiseException(
              "recording '%s': the run %s".formatted(plan.name(), outcome.message()));
    };
  }

  private static Path javaOf(Derivation plan) throws RealiseException {
    return Path.of(
            plan.variable("JAVA_HOME")
                .orElseThrow(
                    () ->
                        new RealiseException(
                            "'%s' is recorded with Maven and has no JAVA_HOME: set it in the toolchain's env"
                                .formatted(plan.name())))
                .utf8())
        .resolve("bin/java");
  }
}
