package dev.synapse.build.realise;

import dev.synapse.build.progress.BuildEvent;
import dev.synapse.build.rebuild.Difference;
import dev.synapse.build.rebuild.OutputComparison;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/// Builds derivations that lie in a store, inputs first, and registers their outputs.
///
/// One derivation is built by one process at a time: locks on its output paths, which are Nix's
/// too, keep others off, and whoever comes second finds the outputs there.
///
/// As many builders run at a time as there are jobs. As many derivations again are being prepared
/// or have what their builders left looked at and registered.
public final class Realiser {
  /// The variable that names the toolchain root of a derivation.
  public static final String ROOT_VARIABLE = "synapseRoot";

  private final LocalStore store;
  private final Engine engine;
  private final EventBus bus;
  private final RealiseSettings settings;
  private final Downloads downloads;
  private final Substitutes substitutes;
  private final Attempts attempts;
  private final InstantSource clock = InstantSource.system();

  /// Builds in `store`, in rooms of this machine, telling `bus`. Fetches nothing.
  public Realiser(LocalStore store, SandboxRunner runner, EventBus bus, RealiseSettings settings) {
    this(store, new RoomEngine(store, new SandboxRooms(runner), settings), bus, settings);
  }

  /// Builds in `store`, each builder run by `engine`, telling `bus`. Fetches nothing.
  public Realiser(LocalStore store, Engine engine, EventBus bus, RealiseSettings settings) {
    this(
        store,
        engine,
        bus,
        settings,
        () -> {
          throw new IOException("nothing is fetched here");
        },
        Substitutes.NONE);
  }

  private Realiser(
      LocalStore store,
      Engine engine,
      EventBus bus,
      RealiseSettings settings,
      Downloads downloads,
      Substitutes substitutes) {
    this.store = store;
    this.engine = engine;
    this.bus = bus;
    this.settings = settings;
    this.downloads = downloads;
    this.substitutes = substitutes;
    this.attempts = new Attempts(store, engine, bus, downloads);
  }

  /// The same, for derivations that fetch too.
  public Realiser withDownloads(Downloads source) {
    return new Realiser(store, engine, bus, settings, source, substitutes);
  }

  /// The same, which asks `source` for outputs before it builds.
  public Realiser withSubstitutes(Substitutes source) {
    return new Realiser(store, engine, bus, settings, downloads, source);
  }

  /// What building a derivation again showed.
  ///
  /// @param differences by output name; empty when every output is the same
  /// @param failure why the second build made no outputs, if it did not
  public record Rebuild(
      SortedMap<String, List<Difference>> differences, Optional<RealiseResult.Failed> failure) {
    /// Whether both builds agreed on every byte.
    public boolean reproducible() {
      return failure.isEmpty() && differences.isEmpty();
    }
  }

  /// Makes the outputs of `path` valid, building what they need before, one after another.
  ///
  /// @return how `path` ended, or the failure of what it needs
  /// @throws RealiseException when a derivation of the graph cannot be tried
  /// @throws IOException when store or sandbox fail
  public RealiseResult realise(StorePath path)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Realisation all = realise(List.of(path), Schedule.SERIAL);
    return all.of(path).orElseGet(() -> all.failures().getFirst());
  }

  /// Makes the outputs of all `paths` valid, building what they need before.
  ///
  /// @throws RealiseException when a derivation of the graph cannot be tried; if the schedule keeps
  ///   going, that is a failed build instead
  /// @throws IOException when store or sandbox fail
  /// @throws InterruptedException when interrupted; every builder has ended then
  public Realisation realise(Collection<StorePath> paths, Schedule schedule)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Known known = new Known(store);
    DerivationGraph graph = fetched(paths, known);
    if (!schedule.keepGoing()) {
      for (StorePath each : graph.needs().sequencedKeySet()) {
        Requirements.check(each, known.derivation(each));
      }
    }
    Queue<RealiseResult> results = new ConcurrentLinkedQueue<>();
    for (StorePath path : paths) {
      if (!graph.needs().containsKey(path)) {
        results.add(new RealiseResult.Present(path, known.outputs(path)));
      }
    }
    if (graph.needs().isEmpty()) {
      return Realisation.of(results, new TreeSet<>());
    }
    store.sweepAbandonedBuilds(text -> bus.publish(new BuildEvent.Warning(text)));
    Semaphore slots = new Semaphore(schedule.jobs());
    Scheduler scheduler =
        new Scheduler(
            graph.needs(),
            schedule.keepGoing(),
            (path, mayWait) -> {
              Optional<RealiseResult> result =
                  realiseOne(path, known, schedule.keepGoing(), slots, mayWait);
              result.ifPresent(results::add);
              return result.map(Realiser::ended).orElse(Scheduler.Ended.BUSY);
            });
    SortedSet<StorePath> notTried = scheduler.run(2 * schedule.jobs());
    return Realisation.of(results, notTried);
  }

  private static Scheduler.Ended ended(RealiseResult result) {
    return result instanceof RealiseResult.Failed ? Scheduler.Ended.FAILED : Scheduler.Ended.DONE;
  }

  /// What realising would build and fetch. Changes nothing.
  ///
  /// @throws RealiseException when a derivation of the graph cannot be read
  public static RealisePlan plan(
      LocalStore store, Substitutes substitutes, Collection<StorePath> paths)
      throws RealiseException, IOException {
    return DerivationGraph.of(paths, new Known(store), substitutes, Set.of()).toPlan();
  }

  /// Makes the outputs of all `paths` valid by fetching alone, for which no sandbox is needed.
  ///
  /// @return empty if something has to be built; nothing was fetched then, or not all
  /// @throws RealiseException when a derivation of the graph cannot be read
  public static Optional<Realisation> withoutBuilding(
      LocalStore store, Substitutes substitutes, Collection<StorePath> paths)
      throws RealiseException, IOException {
    RealisePlan plan = plan(store, substitutes, paths);
    if (!plan.toBuild().isEmpty()) {
      return Optional.empty();
    }
    Set<StorePath> toFetch = plan.toFetch().keySet();
    if (!toFetch.isEmpty() && !substitutes.substitute(toFetch).containsAll(toFetch)) {
      return Optional.empty();
    }
    Known known = new Known(store);
    List<RealiseResult> results = new ArrayList<>();
    for (StorePath path : paths) {
      results.add(new RealiseResult.Present(path, known.outputs(path)));
    }
    return Optional.of(Realisation.of(results, new TreeSet<>()));
  }

  /// Fetches what can be had; what was offered in vain is left to be built.
  private DerivationGraph fetched(Collection<StorePath> paths, Known known)
      throws RealiseException, IOException {
    Set<StorePath> unavailable = new TreeSet<>();
    while (true) {
      DerivationGraph graph = DerivationGraph.of(paths, known, substitutes, unavailable);
      if (graph.fetches().isEmpty()) {
        return graph;
      }
      SortedSet<StorePath> failed = new TreeSet<>(graph.fetches());
      failed.removeAll(substitutes.substitute(graph.fetches()));
      unavailable.addAll(failed);
    }
  }

  private Optional<RealiseResult> realiseOne(
      StorePath path, Known known, boolean keepGoing, Semaphore slots, boolean mayWait)
      throws RealiseException, StoreException, IOException, InterruptedException {
    try {
      SortedMap<String, StorePath> outputs = known.outputs(path);
      String name = known.derivation(path).name();
      Optional<PathLocks> taken =
          mayWait
              ? Optional.of(
                  store.lock(outputs.values(), () -> bus.publish(new BuildEvent.Waiting(name))))
              : store.tryLock(outputs.values());
      if (taken.isEmpty()) {
        return Optional.empty();
      }
      try (PathLocks _ = taken.get()) {
        return Optional.of(realiseLocked(path, known, outputs, slots));
      }
    } catch (RealiseException e) {
      if (!keepGoing) {
        throw e;
      }
      return Optional.of(
          new RealiseResult.Failed(
              path, String.valueOf(e.getMessage()), List.of(), Optional.empty()));
    } catch (InterruptedIOException | ClosedByInterruptException e) {
      var interrupted = new InterruptedException("interrupted while building " + path);
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private RealiseResult realiseLocked(
      StorePath path, Known known, SortedMap<String, StorePath> outputs, Semaphore slots)
      throws RealiseException, StoreException, IOException, InterruptedException {
    if (known.allValid(outputs.values())) {
      return new RealiseResult.Present(path, outputs);
    }
    for (StorePath output : outputs.values()) {
      boolean _ = store.deleteInvalid(output);
    }
    long started = System.nanoTime();
    try (BuildDirectory directory = store.newBuildDirectory(path.name())) {
      Attempts.Attempt attempt =
          attempts.attempt(path, known, directory, settings.limits(), slots, false);
      Optional<RealiseResult.Failed> failure = attempt.failure();
      if (failure.isPresent()) {
        return settings.keepFailed() ? kept(failure.get(), directory) : failure.get();
      }
      List<PathInfo> made = new ArrayList<>();
      for (ScannedOutput output : attempt.outputs()) {
        if (!store.isValid(output.path())) {
          store.adopt(attempt.place(output.path()), output.path());
          made.add(output.toPathInfo(path, clock.instant().getEpochSecond()));
        }
      }
      store.registerOutputs(made);
      made.forEach(info -> known.becameValid(info.path(), info.references()));
      return new RealiseResult.Built(
          path, outputs, Duration.ofNanos(System.nanoTime() - started), engine.level());
    }
  }

  private static RealiseResult.Failed kept(RealiseResult.Failed failed, BuildDirectory directory)
      throws IOException {
    return new RealiseResult.Failed(
        failed.derivation(),
        failed.reason(),
        failed.lastLines(),
        failed.log(),
        Optional.of(directory.keep().resolve("build")));
  }

  /// Builds `path` once more, beside its valid outputs and in this engine's second setting (a room
  /// of ours has one processor then), and compares. Nothing in the store changes.
  public Rebuild rebuild(StorePath path)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Known known = new Known(store);
    try (BuildDirectory directory = store.newBuildDirectory(path.name())) {
      Attempts.Attempt attempt =
          attempts.attempt(
              path, known, directory, settings.limits().withProcessors(1), new Semaphore(1), true);
      Optional<RealiseResult.Failed> failure = attempt.failure();
      if (failure.isPresent()) {
        return new Rebuild(new TreeMap<>(), failure);
      }
      Path scratch = Files.createDirectory(directory.path().resolve("compare"));
      SortedMap<String, List<Difference>> differences = new TreeMap<>();
      for (var output : known.outputs(path).entrySet()) {
        List<Difference> found =
            OutputComparison.compare(
                store.physical(output.getValue()), attempt.place(output.getValue()), scratch);
        if (!found.isEmpty()) {
          differences.put(output.getKey(), found);
        }
      }
      return new Rebuild(differences, Optional.empty());
    }
  }
}
