package dev.synapse.build.nix;

import dev.synapse.build.progress.BuildEvent;
import dev.synapse.build.realise.Engine;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.NarException;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.transfer.ExportReader;
import dev.synapse.store.transfer.TransferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Real Nix as an engine: a derivation and its inputs are copied into a store of Nix's, Nix builds
/// there in its own sandbox, and the outputs come back as one stream, which Nix has checked against
/// the hashes that it registered.
///
/// What Nix has built before in that store it does not build again, unless a job asks for it anew:
/// then Nix compares both results itself too. The memory, processes and disk of a builder are not
/// limited; the time is, by Nix.
public final class NixEngine implements Engine {
  /// How Nix says that the build failed, and not something around it: all versions from 2.4 on.
  private static final Pattern BUILD_FAILED =
      Pattern.compile(
          "builder for '.*' failed|builder failed (with|due to)|failed to produce output"
              + "|timed out after|hash mismatch in fixed-output|is not allowed to (refer|have)"
              + "|cycle detected in|may not be deterministic|suspicious ownership or permission");

  /// The builder's program was not where it should be.
  private static final Pattern NO_PROGRAM = Pattern.compile("executing '.*': No such file");

  private static final String SEND = "send the outputs";

  private final LocalStore store;
  private final NixPrograms programs;
  private final NixStore builder;
  private final EventBus bus;
  private final int cores;
  private final boolean keepFailed;

  /// Builds what lies in `store`, telling `bus`.
  ///
  /// @param builder where Nix is to build
  /// @param cores value of `NIX_BUILD_CORES`
  public NixEngine(
      LocalStore store, NixPrograms programs, NixStore builder, EventBus bus, int cores) {
    this(store, programs, builder, bus, cores, false);
  }

  private NixEngine(
      LocalStore store,
      NixPrograms programs,
      NixStore builder,
      EventBus bus,
      int cores,
      boolean keepFailed) {
    this.store = store;
    this.programs = programs;
    this.builder = builder;
    this.bus = bus;
    this.cores = cores;
    this.keepFailed = keepFailed;
  }

  /// The same, where Nix keeps the build directory of a build that fails, and says in the log where
  /// on its machine.
  public NixEngine keepingFailed() {
    return new NixEngine(store, programs, builder, bus, cores, true);
  }

  @Override
  public Optional<SandboxLevel> level() {
    return Optional.empty();
  }

  @Override
  public Optional<String> build(Job job) throws IOException, InterruptedException {
    Task task = job.task();
    NixCommands commands = new NixCommands(programs, builder, sandboxPaths(task));
    copyInputs(task, commands, job.log());
    boolean known = knows(task.outputs().values(), commands, job.log());
    if (known && !job.anew()) {
      String text = "Nix at '%s' has built this before\n".formatted(builder.address());
      job.log().write(text.getBytes(StandardCharsets.UTF_8));
    }
    Optional<String> wrong = realise(job, known && job.anew(), commands);
    if (wrong.isEmpty()) {
      takeOutputs(job, commands);
    }
    return wrong;
  }

  private List<String> sandboxPaths(Task task) throws IOException {
    return task.toolchain().isEmpty()
        ? List.of()
        : SandboxPaths.of(
            store.physical(task.toolchain().get()),
            builder.objects() + "/" + task.toolchain().get().baseName());
  }

  /// What is there already is not sent again.
  private void copyInputs(Task task, NixCommands commands, OutputStream log)
      throws IOException, InterruptedException {
    String text = "inputs to Nix at '%s'".formatted(builder.address());
    bus.publish(new BuildEvent.StepStarted(text));
    long started = System.nanoTime();
    run(commands.copy(store.root(), List.of(task.path())), "copy the inputs", log);
    Set<StorePath> built = outputsOfInputs(task.derivation());
    if (!built.isEmpty()) {
      run(commands.copy(store.root(), built), "copy the inputs", log);
    }
    bus.publish(new BuildEvent.StepEnded(text, Duration.ofNanos(System.nanoTime() - started)));
  }

  private Set<StorePath> outputsOfInputs(Derivation derivation) throws IOException {
    Set<StorePath> paths = new TreeSet<>();
    for (var input : derivation.inputDerivations().entrySet()) {
      var outputs = store.derivationOutputs(input.getKey());
      for (String wanted : input.getValue()) {
        StorePath output = outputs.get(wanted);
        if (output != null) {
          paths.add(output);
        }
      }
    }
    return paths;
  }

  private boolean knows(Collection<StorePath> outputs, NixCommands commands, OutputStream log)
      throws IOException, InterruptedException {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    NixLog lines = new NixLog(log);
    int status =
        NixProcess.run(
            commands.printInvalid(outputs),
            programs.environment(),
            out -> out.transferTo(printed),
            lines);
    require(status, lines, "look for the outputs");
    return printed.size() == 0;
  }

  private Optional<String> realise(Job job, boolean check, NixCommands commands)
      throws IOException, InterruptedException {
    NixLog lines = new NixLog(job.log());
    List<String> command = commands.realise(job.task().path(), check, cores, job.limits());
    if (keepFailed) {
      command.add("--keep-failed");
    }
    int status =
        NixProcess.run(
            command,
            programs.environment(),
            out -> out.transferTo(OutputStream.nullOutputStream()),
            lines);
    if (lines.distrust().isPresent()) {
      throw new NixException(
          new NixProblem.ToolchainNotShown(builder.address(), lines.distrust().get()));
    }
    if (status == 0) {
      return Optional.empty();
    }
    String words = lines.setupError().orElse(lines.words(status));
    if (NO_PROGRAM.matcher(words).find()) {
      throw new NixException(new NixProblem.ToolchainNotShown(builder.address(), words));
    }
    if (lines.setupError().isEmpty() && BUILD_FAILED.matcher(words).find()) {
      return Optional.of("Nix: " + words);
    }
    throw new NixException(new NixProblem.Refused(builder.address(), "build", words));
  }

  private void takeOutputs(Job job, NixCommands commands) throws IOException, InterruptedException {
    NixLog lines = new NixLog(job.log());
    Collection<StorePath> outputs = job.task().outputs().values();
    try {
      int status =
          NixProcess.run(
              commands.export(outputs),
              programs.environment(),
              out -> restore(out, job.places(), outputs),
              lines);
      require(status, lines, SEND);
    } catch (TransferException | NarException e) {
      // Why the stream is cut Nix knows better.
      String words = lines.error().orElse(String.valueOf(e.getMessage()));
      throw new NixException(new NixProblem.Refused(builder.address(), SEND, words));
    }
  }

  private void restore(InputStream export, Places places, Collection<StorePath> outputs)
      throws IOException {
    ExportReader reader = new ExportReader(export);
    Path coming = places.build().resolve("coming");
    for (var entry = reader.next(coming); entry.isPresent(); entry = reader.next(coming)) {
      StorePath path = entry.get().path();
      if (!outputs.contains(path)) {
        throw new NixException(new NixProblem.OtherOutputs(builder.address(), path.toString()));
      }
      Files.move(coming, places.of(path));
    }
  }

  private void run(List<String> command, String step, OutputStream log)
      throws IOException, InterruptedException {
    NixLog lines = new NixLog(log);
    int status =
        NixProcess.run(
            command,
            programs.environment(),
            out -> out.transferTo(OutputStream.nullOutputStream()),
            lines);
    require(status, lines, step);
  }

  private void require(int status, NixLog lines, String step) throws NixException {
    if (status != 0) {
      throw new NixException(new NixProblem.Refused(builder.address(), step, lines.words(status)));
    }
  }
}
