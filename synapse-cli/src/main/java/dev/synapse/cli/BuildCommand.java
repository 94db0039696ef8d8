package dev.synapse.cli;

import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.realise.RealiseResult;
import dev.synapse.build.realise.Realiser;
import dev.synapse.build.rebuild.Difference;
import dev.synapse.events.EventBus;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LinkText;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `synapse build`: builds a package, judges it, and links it if it is released.
final class BuildCommand extends Subcommand {
  private static final String OUT = "out";
  private static final int DIFFERENCES_SHOWN = 50;

  private final Supplier<Optional<String>> name =
      syntax.optionalParameter(".#NAME", "The package (default: the manifest's only one).");

  private final Syntax.Flag rebuild =
      syntax.flag("--rebuild", "Build once more, in another setting, and compare every byte.");

  private final Supplier<List<String>> compare =
      syntax.options(
          "--compare",
          "OUTPUT",
          "With --rebuild: judge only these outputs; of others a difference is shown (default:"
              + " every output).");

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
    EventBus bus = new EventBus();
    try (Terminal terminal = Terminal.of(synapse, printLogs.given());
        LocalStore store = synapse.openStore();
        var _ = bus.subscribe(terminal);
        var sources = substituting.open(store, bus);
        Workshop workshop = new Workshop(synapse, store, bus)) {
      OpenProject project = OpenProject.in(synapse.folder(), workshop);
      PackageSpec wanted = project.find(name.get());
      requireOutputs(wanted);
      Derivation plan = project.plan(wanted);
      StorePath derivation = plan.storePath();
      if (!store.isValid(derivation)) {
        store.addDerivation(plan);
      }
      boolean built = false;
      if (!allValid(store, plan.outputPaths())) {
        RealiseResult result =
            project
                .realiser(wanted, keepFailed.given())
                .withSubstitutes(sources.substitutes())
                .realise(derivation);
        if (result instanceof RealiseResult.Failed failed) {
          return failed(terminal, wanted, store, failed);
        }
        built = result instanceof RealiseResult.Built;
      }
      Map<String, List<Difference>> differences = new LinkedHashMap<>();
      if (rebuild.given()) {
        Realiser.Rebuild again = project.realiser(wanted, keepFailed.given()).rebuild(derivation);
        if (again.failure().isPresent()) {
          terminal.line("the build succeeded once and failed when it was repeated:");
          return failed(terminal, wanted, store, again.failure().get());
        }
        Map<String, List<Difference>> shown = new LinkedHashMap<>(again.differences());
        for (var found : again.differences().entrySet()) {
          String output = found.getKey();
          if (compare.get().isEmpty() || compare.get().contains(output)) {
            differences.put(output, found.getValue());
            shown.remove(output);
          }
        }
        shown.forEach(
            (output, found) ->
                found.forEach(
                    difference ->
                        terminal.line(
                            "differs, and was not to be judged: "
                                + output
                                + ": "
                                + difference.message())));
      }
      RebuildRecord record = RebuildRecord.of(store, derivation);
      if (rebuild.given()) {
        record.note(differences.keySet());
      }
      Optional<Judgement> judgement = Judgement.of(wanted, plan.outputPaths(), store);
      boolean reproducible = record.differing().isEmpty();
      boolean released = reproducible && judgement.map(Judgement::released).orElse(true);
      judgement.ifPresent(terminal::verdict);
      if (rebuild.given()) {
        report(terminal, wanted, differences);
      }
      if (!reproducible && differences.isEmpty()) {
        terminal.line(
            "not reproducible: when %s was built again, %s differed; build --rebuild compares anew"
                .formatted(wanted.name(), String.join(", ", record.differing())));
      }
      if (!noLink.given()) {
        link(store, plan.outputPaths(), released, terminal);
      }
      Built outcome = new Built(derivation, plan, built, reproducible, differences, judgement);
      print(store, wanted, outcome);
      return released ? ExitCode.DONE : ExitCode.REFUSED;
    }
  }

  private void requireOutputs(PackageSpec wanted) throws CommandException {
    if (!compare.get().isEmpty() && !rebuild.given()) {
      throw CommandException.usage("--compare is for --rebuild");
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
      boolean reproducible,
      Map<String, List<Difference>> differences,
      Optional<Judgement> judgement) {}

  private static boolean allValid(LocalStore store, SortedMap<String, StorePath> outputs)
      throws Exception {
    for (StorePath output : outputs.values()) {
      if (!store.isValid(output)) {
        return false;
      }
    }
    return true;
  }

  private ExitCode failed(
      Terminal terminal, PackageSpec wanted, LocalStore store, RealiseResult.Failed failed) {
    terminal.failed(failed);
    if (json.given()) {
      Json.print(
          synapse.out(),
          Json.object(
              "name",
              wanted.name(),
              "drvPath",
              failed.derivation().toString(),
              "outputs",
              Map.of(),
              "built",
              false,
              "error",
              failed.reason(),
              "log",
              store.logPath(failed.derivation()).toString()));
    }
    return ExitCode.REFUSED;
  }

  private void report(
      Terminal terminal, PackageSpec wanted, Map<String, List<Difference>> differences) {
    if (differences.isEmpty()) {
      terminal.line(
          "reproducible: a second build of "
              + wanted.name()
              + " made the same bytes"
              + (compare.get().isEmpty() ? "" : " of " + String.join(", ", compare.get())));
      return;
    }
    terminal.line("not reproducible: a second build of " + wanted.name() + " differs");
    differences.forEach(
        (output, found) -> {
          found.stream()
              .limit(DIFFERENCES_SHOWN)
              .forEach(difference -> terminal.line("  " + output + ": " + difference.message()));
          if (found.size() > DIFFERENCES_SHOWN) {
            terminal.line("  " + output + ": and " + (found.size() - DIFFERENCES_SHOWN) + " more");
          }
        });
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

  private void print(LocalStore store, PackageSpec wanted, Built outcome) {
    SortedMap<String, StorePath> outputs = outcome.plan().outputPaths();
    if (json.given()) {
      Map<String, @Nullable Object> paths = new LinkedHashMap<>();
      outputs.forEach((output, path) -> paths.put(output, path.toString()));
      List<Object> differences = new ArrayList<>();
      outcome
          .differences()
          .forEach(
              (output, found) ->
                  found.forEach(
                      difference ->
                          differences.add(
                              Json.object(
                                  "output",
                                  output,
                                  "file",
                                  difference.file(),
                                  "entry",
                                  difference.entry().orElse(null),
                                  "differs",
                                  difference.aspectNames(),
                                  "detail",
                                  difference.detail()))));
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
              "reproducible",
              (rebuild.given() || !outcome.reproducible()) ? outcome.reproducible() : null,
              "differences",
              differences,
              "gate",
              outcome.judgement().map(Judgement::toJson).orElse(null),
              "disposition",
              outcome.judgement().isEmpty()
                  ? (outcome.reproducible() ? "released" : "rejected")
                  : outcome.judgement().get().disposition(outcome.reproducible()),
              "log",
              store.logPath(outcome.derivation()).toString()));
    } else if (printOutPaths.given()) {
      outputs.values().forEach(path -> synapse.out().println(store.physical(path)));
    }
  }
}
