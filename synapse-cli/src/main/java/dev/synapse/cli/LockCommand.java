package dev.synapse.cli;

import dev.synapse.build.lock.Lock;
import dev.synapse.build.locking.GoalRunner;
import dev.synapse.build.locking.LockResult;
import dev.synapse.build.locking.Locker;
import dev.synapse.build.locking.UnknownNameException;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.maven.MavenException;
import dev.synapse.build.maven.MavenProblem;
import dev.synapse.build.project.ProjectInputs;
import dev.synapse.build.project.RoomGoalRunner;
import dev.synapse.build.realise.GoalRoom;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.local.LocalStore;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// `synapse lock`: finds out which bytes the manifest asks for.
final class LockCommand extends Subcommand {
  private final Syntax.Flag update =
      syntax.flag("--update", "Look up anew what is locked already: everything, or what is named.");

  private final Supplier<List<String>> names =
      syntax.parameters("NAME", 0, "With --update: toolchains, inputs or packages.");

  private final Syntax.Flag printLogs =
      syntax.flag("-L", "--print-build-logs", "Show all that recorded goals write.");

  private final Syntax.Flag json = syntax.flag("--json", "Print an object with what changed.");

  LockCommand(SynapseCommand synapse) {
    super(synapse, "lock", "Resolve what the manifest asks for and write synapse.lock.");
  }

  @Override
  ExitCode run() throws Exception {
    if (!names.get().isEmpty() && !update.given()) {
      throw CommandException.usage("names are for --update NAME...");
    }
    EventBus bus = new EventBus();
    try (Terminal terminal = Terminal.of(synapse, printLogs.given());
        LocalStore store = synapse.openStore();
        var _ = bus.subscribe(terminal);
        Workshop workshop = new Workshop(synapse, store, bus)) {
      OpenProject project = OpenProject.in(synapse.folder(), workshop);
      requireKnown(project.manifest());
      Lock previous =
          Files.exists(project.lockFile())
              ? Lock.read(SynapseCommand.readable(project.lockFile()))
              : Lock.empty();
      Locker locker =
          new Locker(
              workshop.inputs(),
              workshop.downloader(),
              workshop.debian(),
              goalRunner(project, workshop),
              bus);
      LockResult result;
      try {
        result =
            locker.lock(
                project.manifest(),
                previous,
                new Locker.Update(
                    update.given() && names.get().isEmpty(), new HashSet<>(names.get())));
      } catch (MavenException e) {
        showWhyGoalsFailed(e, terminal);
        throw e;
      } catch (UnknownNameException e) {
        throw Manifest.wrong(
            project.manifestFile(), e.tables(), e.key(), e.name(), String.valueOf(e.getMessage()));
      }
      result.lock().write(project.lockFile());
      say(result, project);
    }
    return ExitCode.DONE;
  }

  private void say(LockResult result, OpenProject project) {
    if (json.given()) {
      Json.print(
          synapse.out(),
          Json.object("lock", project.lockFile().toString(), "changes", result.changes()));
    } else if (result.changes().isEmpty()) {
      synapse.err().println("synapse.lock is as it was");
    } else {
      result.changes().forEach(synapse.err()::println);
    }
  }

  /// The problem itself says which goals failed, and how.
  static void showWhyGoalsFailed(MavenException problem, Terminal terminal) {
    for (MavenProblem each : problem.problems()) {
      if (each instanceof MavenProblem.GoalsFailed failed) {
        terminal.lastLines(failed.lastLines());
      }
    }
  }

  /// Runs goals in the sandbox, which is looked for only where there is a package with goals.
  private static GoalRunner goalRunner(OpenProject project, Workshop workshop) throws Exception {
    boolean needed =
        project.manifest().packages().values().stream()
            .anyMatch(wanted -> !wanted.recipe().mavenGoals().isEmpty());
    if (!needed) {
      return (_, wanted, _) -> {
        throw new IllegalStateException("package '" + wanted.name() + "' has no goals");
      };
    }
    SandboxRunner sandboxes = workshop.sandboxes();
    ProjectInputs inputs = project.projectInputs();
    return (manifest, wanted, soFar) ->
        new RoomGoalRunner(
                inputs,
                workshop.store(),
                new GoalRoom(
                    workshop.store(),
                    sandboxes,
                    workshop.bus(),
                    OpenProject.settings(wanted, false)))
            .prepare(manifest, wanted, soFar);
  }

  private void requireKnown(Manifest manifest) throws CommandException {
    Set<String> known = new HashSet<>(manifest.toolchains().keySet());
    known.addAll(manifest.inputs().keySet());
    known.addAll(manifest.packages().keySet());
    for (String name : names.get()) {
      if (!known.contains(name)) {
        throw CommandException.usage(
            "the manifest has no toolchain, input or package '%s'".formatted(name));
      }
    }
  }
}
