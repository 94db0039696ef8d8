package dev.synapse.build.realise;

import dev.synapse.build.archive.ArchiveException;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.progress.BuildEvent;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Outcome;
import dev.synapse.sandbox.RawText;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.sandbox.SandboxedProcess;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.nar.NarException;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/// Runs builders, each once, and looks at what they leave. The store does not change but for the
/// logs.
final class Attempts {
  /// Less than this many bytes free is a full disk.
  private static final long LEAST_SPACE = 1 << 20;

  private final LocalStore store;
  private final SandboxRunner runner;
  private final EventBus bus;
  private final RealiseSettings settings;
  private final Downloads downloads;

  Attempts(
      LocalStore store,
      SandboxRunner runner,
      EventBus bus,
      RealiseSettings settings,
      Downloads downloads) {
    this.store = store;
    this.runner = runner;
    this.bus = bus;
    this.settings = settings;
    this.downloads = downloads;
  }

  /// One run of a builder, and what it left in its `/nix/store`.
  ///
  /// @param outputs what it made; empty if it failed
  record Attempt(
      Path storeFolder, List<ScannedOutput> outputs, Optional<RealiseResult.Failed> failure) {
    Path place(StorePath output) {
      return storeFolder.resolve(output.baseName());
    }
  }

  /// Runs the builder of a derivation whose inputs are valid.
  ///
  /// @param slots one of these is taken while the builder runs
  Attempt attempt(
      StorePath path, Known known, BuildDirectory directory, Limits limits, Semaphore slots)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Derivation derivation = known.derivation(path);
    Requirements.check(path, derivation);
    Attributes attributes = Attributes.of(path, derivation);
    OutputChecks checks = OutputChecks.of(path, derivation, attributes);
    SortedMap<String, StorePath> outputs = known.outputs(path);
    Set<StorePath> closure = known.inputClosure(derivation);
    Path build = Files.createDirectory(directory.path().resolve("build"));
    Path storeFolder = Files.createDirectory(directory.path().resolve("store"));
    Path log = directory.path().resolve("log");
    String name = derivation.name();
    Optional<Builtin> builtin = Builtin.of(derivation.builder().utf8());
    Optional<Sandbox> room =
        builtin.isPresent()
            ? Optional.empty()
            : Optional.of(room(path, derivation, attributes, outputs, closure, build, storeFolder));

    slots.acquire();
    bus.publish(new BuildEvent.BuildStarted(name));
    long started = System.nanoTime();
    Optional<RealiseResult.Failed> failure = Optional.empty();
    List<ScannedOutput> scanned = List.of();
    try {
      BuilderLog lines =
          new BuilderLog(name, new BufferedOutputStream(Files.newOutputStream(log)), bus);
      Optional<String> wrong;
      try (lines) {
        wrong =
            room.isPresent()
                ? problem(run(room.get(), limits, lines), directory)
                : run(
                    builtin.orElseThrow(),
                    new Builtin.Job(
                        derivation,
                        storeFolder.resolve(outputs.firstEntry().getValue().baseName()),
                        build,
                        new InputView(store, closure),
                        downloads,
                        lines));
      } finally {
        slots.release();
      }
      if (wrong.isPresent()) {
        String where = lines.phase().map(phase -> " in phase '" + phase + "'").orElse("");
        failure = Optional.of(failed(path, wrong.get() + where, lines.lastLines(), log));
      } else {
        try {
          List<ScannedOutput> made = OutputScan.of(derivation, outputs, closure, storeFolder);
          checks.apply(made, store);
          keepLog(path, log);
          scanned = made;
        } catch (OutputScan.BadOutput e) {
          failure = Optional.of(failed(path, String.valueOf(e.getMessage()), List.of(), log));
        }
      }
    } finally {
      bus.publish(
          new BuildEvent.BuildEnded(
              name, !scanned.isEmpty(), Duration.ofNanos(System.nanoTime() - started)));
    }
    return new Attempt(storeFolder, scanned, failure);
  }

  private static Optional<String> run(Builtin builtin, Builtin.Job job)
      throws IOException, InterruptedException {
    try {
      builtin.make(job);
      return Optional.empty();
    } catch (Builtin.Failure | FetchException | ArchiveException | NarException e) {
      return Optional.of(builtin + ": " + e.getMessage());
    }
  }

  private static Optional<String> problem(Outcome outcome, BuildDirectory directory)
      throws IOException {
    if (outcome.succeeded()) {
      return Optional.empty();
    }
    requireSpace(directory.path());
    return Optional.of("the builder " + outcome.message());
  }

  /// A builder that found no space did not fail by itself.
  private static void requireSpace(Path folder) throws IOException {
    if (Files.getFileStore(folder).getUsableSpace() < LEAST_SPACE) {
      throw new StoreException(new StoreProblem.DiskFull(folder));
    }
  }

  /// Runs a program in a room, and ends it when this thread is interrupted.
  Outcome run(Sandbox room, Limits limits, BuilderLog log)
      throws IOException, InterruptedException {
    SandboxedProcess process = runner.start(room, limits, log::write);
    try {
      Outcome outcome = process.waitFor();
      if (outcome instanceof Outcome.Cancelled) {
        throw new InterruptedException("this program ends");
      }
      return outcome;
    } catch (InterruptedException e) {
      process.end();
      throw e;
    }
  }

  private RealiseResult.Failed failed(
      StorePath path, String reason, List<String> lastLines, Path log) throws IOException {
    keepLog(path, log);
    return new RealiseResult.Failed(path, reason, lastLines, Optional.of(store.logPath(path)));
  }

  private void keepLog(StorePath path, Path log) throws IOException {
    try (OutputStream kept = store.logs().writer(path)) {
      Files.copy(log, kept);
    }
  }

  private Sandbox room(
      StorePath path,
      Derivation derivation,
      Attributes attributes,
      SortedMap<String, StorePath> outputs,
      Set<StorePath> closure,
      Path build,
      Path storeFolder)
      throws RealiseException, IOException {
    ReferenceGraphs graphs = new ReferenceGraphs(path, attributes, closure, store);
    BuilderEnvironment environment =
        BuilderEnvironment.of(
            derivation,
            attributes,
            outputs,
            graphs.attributes(),
            Room.BUILD_DIRECTORY,
            settings.cores());
    SortedMap<String, ByteString> files = new TreeMap<>(graphs.files());
    files.putAll(environment.files());
    for (var file : files.entrySet()) {
      Files.write(build.resolve(file.getKey()), file.getValue().toByteArray());
    }
    return room(path, derivation, environment, closure, build, storeFolder);
  }

  /// The room of a derivation's builder.
  ///
  /// @param build the folder on this machine that is to be the build directory
  /// @param storeFolder the folder on this machine that is to be `/nix/store`
  Sandbox room(
      StorePath path,
      Derivation derivation,
      BuilderEnvironment environment,
      Set<StorePath> closure,
      Path build,
      Path storeFolder)
      throws RealiseException, IOException {
    Map<String, Path> shown = new HashMap<>();
    for (StorePath member : closure) {
      shown.put(member.baseName(), store.physical(member));
    }
    List<RawText> command = new ArrayList<>();
    command.add(RawText.of(derivation.builder().toByteArray()));
    for (ByteString argument : environment.arguments()) {
      command.add(RawText.of(argument.toByteArray()));
    }
    return Room.of(
        new Room.Parts(
            toolchainRoot(path, derivation, closure), shown, build, storeFolder, settings.more()),
        command,
        environment.variables());
  }

  private Optional<Path> toolchainRoot(
      StorePath path, Derivation derivation, Set<StorePath> closure) throws RealiseException {
    Optional<ByteString> root = derivation.variable(Realiser.ROOT_VARIABLE);
    if (root.isEmpty()) {
      return Optional.empty();
    }
    try {
      StorePath toolchain = StorePath.parse(root.get().utf8());
      if (closure.contains(toolchain)) {
        return Optional.of(store.physical(toolchain));
      }
    } catch (StorePathException e) {
      throw new RealiseException(
          "'%s' names no toolchain root: %s".formatted(path, e.getMessage()), e);
    }
    throw new RealiseException(
        "'%s' has the toolchain root '%s', which is not among its inputs"
            .formatted(path, root.get().utf8()));
  }
}
