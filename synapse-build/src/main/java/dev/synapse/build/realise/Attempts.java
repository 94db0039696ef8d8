package dev.synapse.build.realise;

import dev.synapse.build.archive.ArchiveException;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.progress.BuildEvent;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.nar.NarException;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.Semaphore;

/// Runs builders, each once, and looks at what they leave. The store does not change but for the
/// logs.
final class Attempts {
  /// The mode of a build directory, which its builder sees.
  private static final FileAttribute<?> OWN =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final LocalStore store;
  private final Engine engine;
  private final EventBus bus;
  private final Downloads downloads;

  Attempts(LocalStore store, Engine engine, EventBus bus, Downloads downloads) {
    this.store = store;
    this.engine = engine;
    this.bus = bus;
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
  /// @param anew whether it has to run even if the engine has built the derivation before
  Attempt attempt(
      StorePath path,
      Known known,
      BuildDirectory directory,
      Limits limits,
      Semaphore slots,
      boolean anew)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Derivation derivation = known.derivation(path);
    Requirements.check(path, derivation);
    Attributes attributes = Attributes.of(path, derivation);
    OutputChecks checks = OutputChecks.of(path, derivation, attributes);
    SortedMap<String, StorePath> outputs = known.outputs(path);
    SortedSet<StorePath> closure = known.inputClosure(derivation);
    Path build = Files.createDirectory(directory.path().resolve("build"), OWN);
    Path storeFolder = Files.createDirectory(directory.path().resolve("store"));
    LogBytes log = new LogBytes(directory.path().resolve("log"));
    String name = derivation.name();
    Optional<Builtin> builtin = Builtin.of(derivation.builder().utf8());
    Optional<StorePath> toolchain =
        builtin.isPresent() ? Optional.empty() : toolchain(path, derivation, closure);
    var task = new Engine.Task(path, derivation, outputs, closure, toolchain);
    var places = new Engine.Places(build, storeFolder);

    slots.acquire();
    bus.publish(new BuildEvent.BuildStarted(name));
    long started = System.nanoTime();
    Optional<RealiseResult.Failed> failure = Optional.empty();
    List<ScannedOutput> scanned = List.of();
    try {
      BuilderLog lines = new BuilderLog(name, log, bus);
      Optional<String> wrong;
      try (lines) {
        wrong =
            builtin.isPresent()
                ? run(
                    builtin.get(),
                    new Builtin.Job(
                        derivation,
                        places.of(outputs.firstEntry().getValue()),
                        build,
                        new InputView(store, closure),
                        downloads,
                        lines))
                : engine.build(new Engine.Job(task, places, limits, lines, anew));
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

  private RealiseResult.Failed failed(
      StorePath path, String reason, List<String> lastLines, LogBytes log) throws IOException {
    keepLog(path, log);
    return new RealiseResult.Failed(path, reason, lastLines, Optional.of(store.logPath(path)));
  }

  private void keepLog(StorePath path, LogBytes log) throws IOException {
    try (OutputStream kept = store.logs().writer(path, log.size())) {
      log.copyTo(kept);
    }
  }

  /// The toolchain root that a derivation names.
  ///
  /// @throws RealiseException when it is not among the inputs
  static Optional<StorePath> toolchain(
      StorePath path, Derivation derivation, Set<StorePath> closure) throws RealiseException {
    Optional<ByteString> root = derivation.variable(Realiser.ROOT_VARIABLE);
    if (root.isEmpty()) {
      return Optional.empty();
    }
    try {
      StorePath toolchain = StorePath.parse(root.get().utf8());
      if (closure.contains(toolchain)) {
        return Optional.of(toolchain);
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
