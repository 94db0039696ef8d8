package dev.synapse.cli;

import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.realise.RealiseResult;
import dev.synapse.build.realise.Realiser;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LinkText;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `synapse build`: builds a package, judges it, and links it if it is released.
final class BuildCommand extends Subcommand {
  private static final String OUT = "out";

  private final Supplier<Optional<String>> name =
      syntax.optionalParameter(".#NAME", "The package (default: the manifest's only one).");

  private final Syntax.Flag rebuild =
      syntax.flag("--rebuild", "Build once more, in another setting, and compare every byte.");

  private final Supplier<List<String>> compare =
      syntax.options(
          "--compare",
          "OUTPUT",
          "With --rebuild or --cross-check: judge only these outputs; of others a difference is"
              + " shown (default: every output).");

  private final ChangeOptions change = new ChangeOptions(synapse, syntax);

  private final EngineOptions engines = new EngineOptions(synapse, syntax);

  private final SubstituteOptions substituting = new SubstituteOptions(syntax);

  private final Syntax.Flag noLink = syntax.flag("--no-link", "Leave no result link.");

  private final Syntax.Flag printOutPaths =
      syntax.flag("--print-out-paths", "Print where the outputs are.");

  private final Syntax.Flag json = syntax.flag("--json", "Print one object about the build.");

  private final Syntax.Flag printLogs =
      syntax.flag("-L", "--print-build-logs", "Show all that the builder writes.");

  private final Syntax.Flag keepFailed =
      syntax.flag("--keep-failed", "Keep the build directory of a failed build.");

  BuildCommand(SynapseCommand synapse) {
    super(
        synapse,
        "build",
        "Build a package in a closed room, judge it at its gate, and link the result.");
  }

  @Override
  ExitCode run() throws Exception {
    Instant started = Instant.now();
    EventBus bus = new EventBus();
    engines.require();
    try (Terminal terminal = Terminal.of(synapse, printLogs.given());
        LocalStore store = synapse.openStore();
        var _ = bus.subscribe(terminal);
        var sources = substituting.open(store, bus);
        Workshop workshop = new Workshop(synapse, store, bus)) {
      workshop.fetchInputsFrom(sources.substitutes());
      OpenProject project = OpenProject.in(synapse.folder(), workshop);
      PackageSpec wanted = project.find(name.get());
      requireOutputs(wanted);
      Optional<BuildGate> gate = BuildGate.of(synapse, wanted, change);
      Derivation plan = project.plan(wanted);
      if (!store.isValid(plan.storePath())) {
        store.addDerivation(plan);
      }
      if (gate.isPresent()) {
        gate.get().open(store, plan);
      }
      Job job = new Job(started, terminal, store, workshop, project, wanted, plan);
      Made made = make(job, sources.substitutes());
      Compared compared = made.failure().isPresent() ? Compared.NOTHING : compare(job, made);
      Optional<RealiseResult.Failed> failure = made.failure().or(compared::failure);
      return failure.isPresent() ? failed(job, failure.get()) : conclude(job, gate, made, compared);
    }
  }

  /// What all steps of one build work on.
  private record Job(
      Instant started,
      Terminal terminal,
      LocalStore store,
      Workshop workshop,
      OpenProject project,
      PackageSpec wanted,
      Derivation plan) {
    StorePath derivation() {
      return plan.storePath();
    }
  }

  /// How the outputs came to be there, or why they did not.
  private record Made(
      boolean built, Optional<SandboxLevel> level, Optional<RealiseResult.Failed> failure) {
    static Made of(RealiseResult result) {
      return switch (result) {
        case RealiseResult.Built made -> new Made(true, made.level(), Optional.empty());
        case RealiseResult.Failed failed -> new Made(false, Optional.empty(), Optional.of(failed));
        default -> WITHOUT_BUILDING;
      };
    }

    private static final Made WITHOUT_BUILDING =
        new Made(false, Optional.empty(), Optional.empty());
  }

  /// What building once more showed.
  private record Compared(List<Repeat.Found> found, Optional<RealiseResult.Failed> failure) {
    private static final Compared NOTHING = new Compared(List.of(), Optional.empty());
  }

  private Made make(Job job, Substitutes substitutes) throws Exception {
    if (allValid(job.store(), job.plan().outputPaths())
        || Realiser.withoutBuilding(job.store(), substitutes, List.of(job.derivation()))
            .isPresent()) {
      return Made.WITHOUT_BUILDING;
    }
    return Made.of(
        realiser(job, engines.chosen()).withSubstitutes(substitutes).realise(job.derivation()));
  }

  private Compared compare(Job job, Made made) throws Exception {
    List<Repeat.Found> found = new ArrayList<>();
    for (Repeat repeat :
        Repeat.of(engines.chosen(), rebuild.given(), engines.crossCheck(), made.built())) {
      Realiser.Rebuild again = realiser(job, repeat.engine()).rebuild(job.derivation());
      if (again.failure().isPresent()) {
        job.terminal().line(repeat.failed());
        return new Compared(found, again.failure());
      }
      found.add(repeat.judge(again.differences(), compare.get(), job.terminal()));
    }
    return new Compared(found, Optional.empty());
  }

  private Realiser realiser(Job job, EngineOptions.Name engine) throws Exception {
    return engines.realiser(engine, job.workshop(), job.wanted(), keepFailed.given());
  }

  /// Judges, records, links and prints.
  private ExitCode conclude(Job job, Optional<BuildGate> gate, Made made, Compared compared)
      throws Exception {
    Set<RebuildRecord.Kind> differ = noteDifferences(job, compared.found());
    Optional<Judgement> judgement =
        gate.isPresent() ? Optional.of(gate.get().judge()) : Optional.empty();
    Built outcome =
        new Built(job.derivation(), job.plan(), made.built(), differ, compared.found(), judgement);
    Optional<BatchRecording.Recorded> batch =
        judgement.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new BatchRecording(
                        synapse, job.store(), job.started(), engines.chosen().text(), made.level())
                    .record(
                        job.project(),
                        job.wanted(),
                        job.plan(),
                        judgement.get(),
                        evidence(outcome)));
    boolean released =
        outcome.released() && batch.map(BatchRecording.Recorded::linked).orElse(true);
    report(job, outcome, batch);
    if (!noLink.given()) {
      link(job.store(), job.plan().outputPaths(), released, job.terminal());
    }
    print(job.store(), job.wanted(), outcome, batch);
    return released ? ExitCode.DONE : ExitCode.REFUSED;
  }

  /// Writes down what was compared; answers what differs, now or when it was last compared.
  private Set<RebuildRecord.Kind> noteDifferences(Job job, List<Repeat.Found> found)
      throws Exception {
    Set<RebuildRecord.Kind> differ = EnumSet.noneOf(RebuildRecord.Kind.class);
    for (RebuildRecord.Kind kind : RebuildRecord.Kind.values()) {
      RebuildRecord record = RebuildRecord.of(job.store(), job.derivation(), kind);
      if (compared(kind)) {
        record.note(Repeat.differing(found, kind));
      }
      if (!record.differing().isEmpty()) {
        differ.add(kind);
      }
    }
    return differ;
  }

  private void report(Job job, Built outcome, Optional<BatchRecording.Recorded> batch)
      throws Exception {
    Terminal terminal = job.terminal();
    outcome.judgement().ifPresent(terminal::verdict);
    batch.ifPresent(recorded -> recorded.lines().forEach(terminal::line));
    outcome.found().forEach(each -> each.report(terminal, job.wanted().name(), compare.get()));
    for (RebuildRecord.Kind kind : outcome.differ()) {
      if (Repeat.differing(outcome.found(), kind).isEmpty()) {
        terminal.line(
            kind.earlier(
                job.wanted().name(),
                RebuildRecord.of(job.store(), job.derivation(), kind).differing()));
      }
    }
  }

  private BatchRecording.Evidence evidence(Built outcome) {
    Boolean repeated = verdict(outcome, RebuildRecord.Kind.AGAIN);
    List<String> differences = new ArrayList<>();
    for (RebuildRecord.Kind kind : outcome.differ()) {
      differences.add(kind.deviation());
    }
    return new BatchRecording.Evidence(
        outcome.built(), Optional.ofNullable(repeated), !outcome.found().isEmpty(), differences);
  }

  private boolean compared(RebuildRecord.Kind kind) {
    return switch (kind) {
      case AGAIN -> rebuild.given();
      case OTHER_ENGINE -> engines.crossCheck();
    };
  }

  private void requireOutputs(PackageSpec wanted) throws CommandException {
    if (!compare.get().isEmpty() && !rebuild.given() && !engines.crossCheck()) {
      throw CommandException.usage("--compare is for --rebuild and --cross-check");
    }
    for (String output : compare.get()) {
      if (!wanted.outputs().contains(output)) {
        throw CommandException.usage(
            "package '%s' has no output '%s'".formatted(wanted.name(), output));
      }
    }
  }

  private record Built(
      StorePath derivation,
      Derivation plan,
      boolean built,
      Set<RebuildRecord.Kind> differ,
      List<Repeat.Found> found,
      Optional<Judgement> judgement) {
    boolean agrees(RebuildRecord.Kind kind) {
      return !differ.contains(kind);
    }

    boolean released() {
      return differ.isEmpty() && judgement.map(Judgement::released).orElse(true);
    }
  }

  /// Whether what was compared is the same; null if it was not compared.
  private @Nullable Boolean verdict(Built outcome, RebuildRecord.Kind kind) {
    return (compared(kind) || !outcome.agrees(kind)) ? outcome.agrees(kind) : null;
  }

  private static boolean allValid(LocalStore store, SortedMap<String, StorePath> outputs)
      throws Exception {
    for (StorePath output : outputs.values()) {
      if (!store.isValid(output)) {
        return false;
      }
    }
    return true;
  }

  private ExitCode failed(Job job, RealiseResult.Failed failed) {
    job.terminal().failed(failed);
    if (json.given()) {
      Json.print(
          synapse.out(),
          Json.object(
              "name",
              job.wanted().name(),
              "drvPath",
              failed.derivation().toString(),
              "outputs",
              Map.of(),
              "built",
              false,
              "error",
              failed.reason(),
              "log",
              job.store().logPath(failed.derivation()).toString()));
    }
    return ExitCode.REFUSED;
  }

  /// `result` for the output `out`, `result-NAME` for each other; none for what is rejected.
  private void link(
      LocalStore store, SortedMap<String, StorePath> outputs, boolean released, Terminal terminal)
      throws Exception {
    for (var output : outputs.entrySet()) {
      Path link =
          synapse
              .folder()
              .resolve(output.getKey().equals(OUT) ? "result" : "result-" + output.getKey());
      if (released) {
        store.addIndirectRoot(link, output.getValue(), LinkText.PHYSICAL);
      } else if (Files.isSymbolicLink(link)
          && Files.readSymbolicLink(link).startsWith(store.objects())) {
        // What an earlier, released build left must not be taken for this one.
        Files.delete(link);
      }
    }
    if (!released) {
      terminal.line("rejected: no result link");
    }
  }

  private void print(
      LocalStore store, PackageSpec wanted, Built outcome, Optional<BatchRecording.Recorded> batch)
      throws CommandException {
    SortedMap<String, StorePath> outputs = outcome.plan().outputPaths();
    if (json.given()) {
      Map<String, @Nullable Object> paths = new LinkedHashMap<>();
      outputs.forEach((output, path) -> paths.put(output, path.toString()));
      List<Object> differences = new ArrayList<>();
      outcome.found().forEach(each -> differences.addAll(each.toJson()));
      Json.print(
          synapse.out(),
          Json.object(
              "name",
              wanted.name(),
              "drvPath",
              outcome.derivation().toString(),
              "outputs",
              paths,
              "built",
              outcome.built(),
              "engine",
              engines.chosen().text(),
              "reproducible",
              verdict(outcome, RebuildRecord.Kind.AGAIN),
              "crossChecked",
              verdict(outcome, RebuildRecord.Kind.OTHER_ENGINE),
              "differences",
              differences,
              "gate",
              outcome.judgement().map(Judgement::toJson).orElse(null),
              "disposition",
              batch.isEmpty()
                  ? (outcome.differ().isEmpty() ? "released" : "rejected")
                  : batch.get().standing().id(),
              "batch",
              batch.map(recorded -> recorded.id().toString()).orElse(null),
              "log",
              store.logPath(outcome.derivation()).toString()));
    } else if (printOutPaths.given()) {
      outputs.values().forEach(path -> synapse.out().println(store.physical(path)));
    }
  }
}
