package dev.synapse.build.realise;

import dev.synapse.build.maven.MavenRun;
import dev.synapse.build.progress.BuildEvent;
import dev.synapse.build.rebuild.Difference;
import dev.synapse.build.rebuild.OutputComparison;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.LoopbackBridge;
import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.Outcome;
import dev.synapse.sandbox.RawText;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.sandbox.SandboxedProcess;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Builds derivations that lie in a store, inputs first, and registers their outputs.
///
/// One derivation is built by one process at a time: locks on its output paths keep others waiting,
/// and whoever comes second finds the outputs there.
public final class Realiser {
  /// The variable that names the toolchain root of a derivation.
  public static final String ROOT_VARIABLE = "synapseRoot";

  private static final String SYSTEM = "x86_64-linux";

  /// Less than this many bytes free is a full disk.
  private static final long LEAST_SPACE = 1 << 20;

  /// What Nix has by default and only promises, such as many processors. Not `kvm`: a room has no
  /// devices.
  private static final List<String> FEATURES = List.of("benchmark", "big-parallel", "nixos-test");

  private final LocalStore store;
  private final SandboxRunner runner;
  private final EventBus bus;
  private final RealiseSettings settings;
  private final InstantSource clock = InstantSource.system();

  /// Builds in `store`, telling `bus`.
  public Realiser(LocalStore store, SandboxRunner runner, EventBus bus, RealiseSettings settings) {
    this.store = store;
    this.runner = runner;
    this.bus = bus;
    this.settings = settings;
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

  /// Makes the outputs of `path` valid, building what they need before.
  ///
  /// @throws RealiseException when a derivation of the graph cannot be tried
  /// @throws IOException when store or sandbox fail
  public RealiseResult realise(StorePath path)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Map<StorePath, Derivation> known = new HashMap<>();
    List<StorePath> order = inOrder(path, known);
    for (StorePath next : order) {
      Derivation derivation = known(known, next);
      if (!allValid(outputsOf(next, derivation))) {
        requireSupported(next, derivation);
      }
    }
    for (StorePath next : order) {
      Derivation derivation = known(known, next);
      RealiseResult result = realiseOne(next, derivation);
      if (next.equals(path) || result instanceof RealiseResult.Failed) {
        return result;
      }
    }
    throw new IllegalStateException("the graph of " + path + " does not hold it");
  }

  /// Builds `path` once more, beside its valid outputs, on one processor and with a build directory
  /// in memory, and compares. Nothing in the store changes.
  public Rebuild rebuild(StorePath path)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Derivation derivation = read(path);
    SortedMap<String, StorePath> outputs = outputsOf(path, derivation);
    try (BuildDirectory directory = store.newBuildDirectory(path.name())) {
      Attempt attempt = attempt(path, derivation, directory, settings.limits().withProcessors(1));
      Optional<RealiseResult.Failed> failure = attempt.failure();
      if (failure.isPresent()) {
        return new Rebuild(new TreeMap<>(), failure);
      }
      Path scratch = Files.createDirectory(directory.path().resolve("compare"));
      SortedMap<String, List<Difference>> differences = new TreeMap<>();
      for (var output : outputs.entrySet()) {
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

  /// Runs Maven goals in the room of a package. Nothing in the store changes.
  ///
  /// The package's own phases up to `configure` run before; then Maven, which reaches the proxy
  /// through a bridge, and nothing else.
  public MavenRun.Outcome runGoals(GoalRun run)
      throws RealiseException, StoreException, IOException, InterruptedException {
    Derivation plan = run.plan();
    StorePath path = plan.storePath();
    requireSupported(path, plan);
    Set<StorePath> closure = inputClosure(plan);
    try (BuildDirectory directory = store.newBuildDirectory(path.name())) {
      Path build = Files.createDirectory(directory.path().resolve("build"));
      Path storeFolder = Files.createDirectory(directory.path().resolve("store"));
      BuilderEnvironment environment =
          BuilderEnvironment.of(plan, plan.outputPaths(), Room.BUILD_DIRECTORY, settings.cores());
      SortedMap<ByteString, ByteString> variables = new TreeMap<>(environment.variables());
      Map.of(
              "recordGoals", String.join("\n", run.goals()),
              "recordOptions", String.join("\n", run.options()))
          .forEach((key, value) -> variables.put(ByteString.of(key), ByteString.of(value)));
      Sandbox room =
          room(
              path,
              plan,
              new BuilderEnvironment(variables, environment.arguments(), environment.files()),
              closure,
              build,
              storeFolder);
      String name = plan.name();
      BuilderLog lines = new BuilderLog(name, OutputStream.nullOutputStream(), bus);
      Outcome outcome;
      try (LoopbackBridge bridge = runner.bridge(run.proxy())) {
        Sandbox withBridge =
            bridge
                .into(room, javaOf(plan))
                .withMounts(List.of(new Mount.ReadOnly(run.settings(), run.settingsInside())));
        outcome = run(withBridge, settings.limits(), lines);
      }
      int exitCode =
          switch (outcome) {
            case Outcome.Exited(var code) -> code;
            default ->
                throw new RealiseException(
                    "recording '%s': the run %s".formatted(name, outcome.message()));
          };
      return new MavenRun.Outcome(exitCode, lines.lastLines());
    }
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

  /// The derivations that `root` needs and that have outputs missing, each after those it needs.
  private List<StorePath> inOrder(StorePath root, Map<StorePath, Derivation> known)
      throws RealiseException, StoreException, IOException {
    List<StorePath> order = new ArrayList<>();
    Set<StorePath> done = new HashSet<>();
    Deque<StorePath> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      StorePath next = open.peek();
      if (done.contains(next)) {
        open.pop();
        continue;
      }
      List<StorePath> missing = new ArrayList<>();
      for (StorePath input : known(known, next).inputDerivations().keySet()) {
        if (!done.contains(input) && !allValid(outputsOf(input, known(known, input)))) {
          missing.add(input);
        }
      }
      if (missing.isEmpty()) {
        open.pop();
        done.add(next);
        order.add(next);
      } else {
        missing.forEach(open::push);
      }
    }
    return order;
  }

  private Derivation known(Map<StorePath, Derivation> known, StorePath path)
      throws RealiseException, StoreException, IOException {
    Derivation derivation = known.get(path);
    if (derivation == null) {
      derivation = read(path);
      known.put(path, derivation);
    }
    return derivation;
  }

  private Derivation read(StorePath path) throws RealiseException, IOException {
    store.addTemporaryRoot(path);
    try {
      return store.readDerivation(path);
    } catch (DerivationException e) {
      throw new RealiseException(String.valueOf(e.getMessage()), e);
    }
  }

  private static SortedMap<String, StorePath> outputsOf(StorePath path, Derivation derivation)
      throws RealiseException {
    SortedMap<String, StorePath> outputs = derivation.outputPaths();
    if (outputs.size() != derivation.outputs().size()) {
      throw new RealiseException(
          "'%s' has outputs whose paths are known only after the build; that is not supported"
              .formatted(path));
    }
    return outputs;
  }

  private boolean allValid(Map<String, StorePath> outputs) throws StoreException, IOException {
    boolean all = true;
    for (StorePath output : outputs.values()) {
      store.addTemporaryRoot(output); // before the question, so that the answer stays true
      all &= store.isValid(output);
    }
    return all;
  }

  private RealiseResult realiseOne(StorePath path, Derivation derivation)
      throws RealiseException, StoreException, IOException, InterruptedException {
    SortedMap<String, StorePath> outputs = outputsOf(path, derivation);
    if (allValid(outputs)) {
      return new RealiseResult.Present(path, outputs);
    }
    store.sweepAbandonedBuilds();
    try (PathLocks _ =
        store.lock(
            outputs.values(), () -> bus.publish(new BuildEvent.Waiting(derivation.name())))) {
      if (allValid(outputs)) {
        return new RealiseResult.Present(path, outputs);
      }
      for (StorePath output : outputs.values()) {
        if (!store.isValid(output)) {
          store.deleteInvalid(output);
        }
      }
      long started = System.nanoTime();
      try (BuildDirectory directory = store.newBuildDirectory(path.name())) {
        Attempt attempt = attempt(path, derivation, directory, settings.limits());
        Optional<RealiseResult.Failed> failure = attempt.failure();
        if (failure.isPresent()) {
          if (settings.keepFailed()) {
            directory.keep();
          }
          return failure.get();
        }
        List<PathInfo> made = new ArrayList<>();
        for (ScannedOutput output : attempt.outputs()) {
          if (!store.isValid(output.path())) {
            store.adopt(attempt.place(output.path()), output.path());
            made.add(output.toPathInfo(path, clock.instant().getEpochSecond()));
          }
        }
        store.registerOutputs(made);
        return new RealiseResult.Built(
            path, outputs, Duration.ofNanos(System.nanoTime() - started), runner.level());
      }
    }
  }

  /// One run of a builder, and what it left in its `/nix/store`.
  private record Attempt(
      Path storeFolder, List<ScannedOutput> outputs, Optional<RealiseResult.Failed> failure) {
    Path place(StorePath output) {
      return storeFolder.resolve(output.baseName());
    }
  }

  private Attempt attempt(
      StorePath path, Derivation derivation, BuildDirectory directory, Limits limits)
      throws RealiseException, StoreException, IOException, InterruptedException {
    requireSupported(path, derivation);
    OutputChecks checks = OutputChecks.of(path, derivation);
    SortedMap<String, StorePath> outputs = outputsOf(path, derivation);
    Set<StorePath> closure = inputClosure(derivation);
    Path build = Files.createDirectory(directory.path().resolve("build"));
    Path storeFolder = Files.createDirectory(directory.path().resolve("store"));
    BuilderEnvironment environment =
        BuilderEnvironment.of(derivation, outputs, Room.BUILD_DIRECTORY, settings.cores());
    SortedMap<String, ByteString> files =
        new TreeMap<>(ReferenceGraphs.of(path, derivation, closure, store));
    files.putAll(environment.files());
    for (var file : files.entrySet()) {
      Files.write(build.resolve(file.getKey()), file.getValue().toByteArray());
    }
    Sandbox room = room(path, derivation, environment, closure, build, storeFolder);

    String name = derivation.name();
    Path log = directory.path().resolve("log");
    bus.publish(new BuildEvent.BuildStarted(name));
    long started = System.nanoTime();
    Optional<RealiseResult.Failed> failure = Optional.empty();
    List<ScannedOutput> scanned = List.of();
    try {
      BuilderLog lines =
          new BuilderLog(name, new BufferedOutputStream(Files.newOutputStream(log)), bus);
      Outcome outcome = run(room, limits, lines);
      if (outcome.succeeded()) {
        try {
          List<ScannedOutput> made = OutputScan.of(derivation, outputs, closure, storeFolder);
          checks.apply(made, store);
          scanned = made;
        } catch (OutputScan.BadOutput e) {
          failure = Optional.of(failed(path, String.valueOf(e.getMessage()), List.of(), log));
        }
      } else {
        requireSpace(directory.path());
        String where = lines.phase().map(phase -> " in phase '" + phase + "'").orElse("");
        failure =
            Optional.of(
                failed(path, "the builder " + outcome.message() + where, lines.lastLines(), log));
      }
      if (failure.isEmpty()) {
        keepLog(path, log);
      }
    } finally {
      bus.publish(
          new BuildEvent.BuildEnded(
              name, !scanned.isEmpty(), Duration.ofNanos(System.nanoTime() - started)));
    }
    return new Attempt(storeFolder, scanned, failure);
  }

  /// A builder that found no space did not fail by itself.
  private static void requireSpace(Path folder) throws IOException {
    if (Files.getFileStore(folder).getUsableSpace() < LEAST_SPACE) {
      throw new StoreException(new StoreProblem.DiskFull(folder));
    }
  }

  private Outcome run(Sandbox room, Limits limits, BuilderLog log)
      throws IOException, InterruptedException {
    try (log) {
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
  }

  private RealiseResult.Failed failed(
      StorePath path, String reason, List<String> lastLines, Path log) throws IOException {
    return new RealiseResult.Failed(path, reason, lastLines, Optional.of(keepLog(path, log)));
  }

  private Path keepLog(StorePath path, Path log) throws IOException {
    try (OutputStream kept = store.logs().writer(path)) {
      Files.copy(log, kept);
    }
    return store.logPath(path);
  }

  private Sandbox room(
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
    Optional<ByteString> root = derivation.variable(ROOT_VARIABLE);
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

  private Set<StorePath> inputClosure(Derivation derivation)
      throws RealiseException, StoreException, IOException {
    Set<StorePath> inputs = new TreeSet<>(derivation.inputSources());
    for (var input : derivation.inputDerivations().entrySet()) {
      SortedMap<String, StorePath> outputs = outputsOf(input.getKey(), read(input.getKey()));
      for (String wanted : input.getValue()) {
        StorePath output = outputs.get(wanted);
        if (output == null) {
          throw new RealiseException("'%s' has no output '%s'".formatted(input.getKey(), wanted));
        }
        inputs.add(output);
      }
    }
    for (StorePath input : inputs) {
      if (!store.isValid(input)) {
        throw new RealiseException("input '%s' is not in the store".formatted(input));
      }
    }
    return store.closure(inputs);
  }

  private static void requireSupported(StorePath path, Derivation derivation)
      throws RealiseException {
    String builder = derivation.builder().utf8();
    if (builder.startsWith("builtin:")) {
      throw new RealiseException(
          "'%s' has the builder '%s'; that is not supported".formatted(path, builder));
    }
    String system = derivation.system().utf8();
    if (!system.equals(SYSTEM)) {
      throw new RealiseException(
          "'%s' is for the system '%s'; this machine is '%s'".formatted(path, system, SYSTEM));
    }
    if (derivation.variable("__json").isPresent()) {
      throw new RealiseException(
          "'%s' uses structured attributes; that is not supported".formatted(path));
    }
    if (!words(derivation, "__impureHostDeps").isEmpty()
        || words(derivation, "__noChroot").equals(List.of("1"))) {
      throw new RealiseException(
          "'%s' asks for files of this machine (__impureHostDeps or __noChroot); no build gets them"
              .formatted(path));
    }
    for (String feature : words(derivation, "requiredSystemFeatures")) {
      if (!FEATURES.contains(feature)) {
        throw new RealiseException(
            "'%s' needs the system feature '%s'; there are only %s"
                .formatted(path, feature, String.join(", ", FEATURES)));
      }
    }
    OutputChecks _ = OutputChecks.of(path, derivation);
  }

  private static List<String> words(Derivation derivation, String variable) {
    return BuilderEnvironment.words(derivation, variable).orElse(List.of());
  }

  static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}
