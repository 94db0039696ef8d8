package dev.synapse.cli;

import dev.synapse.build.realise.Realisation;
import dev.synapse.build.realise.RealisePlan;
import dev.synapse.build.realise.RealiseResult;
import dev.synapse.build.realise.RealiseSettings;
import dev.synapse.build.realise.Realiser;
import dev.synapse.build.realise.Schedule;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Mount;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `synapse store realise`: builds derivations, whoever wrote them, and all that they need.
final class RealiseCommand extends Subcommand {
  private static final int MOST_DIGITS = 9;
  private final Supplier<List<String>> derivations =
      syntax.parameters("FILE.drv", 1, "Derivations.");

  private final Supplier<Optional<String>> jobs =
      syntax.option("--jobs", "N", "Builders that run at a time (default: one for each core).");

  private final Supplier<Optional<String>> timeout =
      syntax.option("--timeout", "SECONDS", "How long one builder may run (0, the default: ever).");

  private final Supplier<Optional<String>> maxSilentTime =
      syntax.option(
          "--max-silent-time",
          "SECONDS",
          "How long one builder may write nothing (0, the default: ever).");

  private final Supplier<List<String>> sandboxPaths =
      syntax.options(
          "--sandbox-path",
          "INSIDE[=OUTSIDE]",
          "Show a path of this machine to builders, as Nix's option sandbox-paths does. What is"
              + " built then depends on it.");

  private final SubstituteOptions substituting = new SubstituteOptions(syntax);

  private final Syntax.Flag keepGoing =
      syntax.flag("--keep-going", "After a failure go on with what does not need it.");

  private final Syntax.Flag keepFailed =
      syntax.flag("--keep-failed", "Keep the build directory of a failed build, and say where.");

  private final Syntax.Flag dryRun =
      syntax.flag("--dry-run", "Print what would be built and fetched, and do nothing.");

  private final Syntax.Flag printLogs =
      syntax.flag("-L", "--print-build-logs", "Show all that builders write.");

  private final Syntax.Flag json =
      syntax.flag(
          "--json", "Print an array of objects, one for each derivation; for a dry run an object.");

  RealiseCommand(SynapseCommand synapse) {
    super(synapse, "realise", "Build derivations and what they need; print their output paths.");
  }

  @Override
  ExitCode run() throws Exception {
    int cores = Runtime.getRuntime().availableProcessors();
    Schedule schedule =
        new Schedule(jobs.get().isPresent() ? jobs(jobs.get().get()) : cores, keepGoing.given());
    RealiseSettings settings =
        new RealiseSettings(
            Limits.NONE
                .withWallTime(seconds("--timeout", timeout.get()))
                .withSilence(seconds("--max-silent-time", maxSilentTime.get())),
            cores,
            keepFailed.given(),
            mounts());
    EventBus bus = new EventBus();
    Terminal terminal = Terminal.of(synapse, printLogs.given());
    try (LocalStore store = synapse.openStore();
        var _ = bus.subscribe(terminal);
        var sources = substituting.open(store, bus);
        Workshop workshop = new Workshop(synapse, store, bus)) {
      List<StorePath> wanted = new ArrayList<>();
      for (String given : derivations.get()) {
        wanted.add(derivation(store, given));
      }
      if (dryRun.given()) {
        print(Realiser.plan(store, sources.substitutes(), wanted));
        return ExitCode.DONE;
      }
      Optional<Realisation> had = Realiser.withoutBuilding(store, sources.substitutes(), wanted);
      Realisation result =
          had.isPresent()
              ? had.get()
              : workshop
                  .realisers()
                  .with(settings)
                  .withSubstitutes(sources.substitutes())
                  .realise(wanted, schedule);
      result.failures().forEach(terminal::failed);
      print(wanted, result);
      return result.succeeded() ? ExitCode.DONE : ExitCode.REFUSED;
    }
  }

  private static int jobs(String given) throws CommandException {
    if (given.matches("[0-9]{1," + MOST_DIGITS + "}") && Integer.parseInt(given) > 0) {
      return Integer.parseInt(given);
    }
    throw CommandException.usage("--jobs takes a number above zero, not '%s'".formatted(given));
  }

  private static Duration seconds(String option, Optional<String> given) throws CommandException {
    String text = given.orElse("0");
    if (!text.matches("[0-9]{1," + MOST_DIGITS + "}")) {
      throw CommandException.usage(
          "%s takes a whole number of seconds, not '%s'".formatted(option, text));
    }
    long seconds = Long.parseLong(text);
    return seconds == 0 ? Limits.FOREVER : Duration.ofSeconds(seconds);
  }

  private List<Mount> mounts() throws CommandException {
    List<Mount> mounts = new ArrayList<>();
    for (String given : sandboxPaths.get()) {
      int equals = given.indexOf('=');
      String inside = equals < 0 ? given : given.substring(0, equals);
      String outside = equals < 0 ? given : given.substring(equals + 1);
      if (!inside.startsWith("/") || !outside.startsWith("/")) {
        throw CommandException.usage(
            "--sandbox-path takes absolute paths, not '%s'".formatted(given));
      }
      mounts.add(new Mount.ReadOnly(Path.of(outside), Path.of(inside)));
    }
    return mounts;
  }

  private void print(RealisePlan plan) {
    if (json.given()) {
      List<Object> fetches = new ArrayList<>();
      plan.toFetch()
          .forEach(
              (path, offer) ->
                  fetches.add(
                      Json.object(
                          "path",
                          path.toString(),
                          "source",
                          offer.source(),
                          "downloadSize",
                          offer.downloadSize(),
                          "narSize",
                          offer.narSize())));
      Json.print(
          synapse.out(),
          Json.object(
              "build",
              plan.toBuild().stream().map(StorePath::toString).toList(),
              "fetch",
              fetches));
    } else {
      plan.toFetch().keySet().forEach(path -> synapse.out().println("fetch " + path));
      plan.toBuild().forEach(path -> synapse.out().println("build " + path));
    }
  }

  private void print(List<StorePath> wanted, Realisation result) {
    List<Object> objects = new ArrayList<>();
    for (StorePath path : wanted) {
      objects.add(
          switch (result.of(path).orElse(null)) {
            case RealiseResult.Present(_, var outputs) -> realised(path, outputs, false);
            case RealiseResult.Built(_, var outputs, _, _) -> realised(path, outputs, true);
            case RealiseResult.Failed failed -> notRealised(path, failed.reason());
            case null -> notRealised(path, "not tried after another failure");
          });
    }
    if (json.given()) {
      Json.print(synapse.out(), objects);
    }
  }

  private Object realised(StorePath derivation, Map<String, StorePath> outputs, boolean built) {
    if (!json.given()) {
      outputs.values().forEach(synapse.out()::println);
    }
    Map<String, @Nullable Object> paths = new LinkedHashMap<>();
    outputs.forEach((name, path) -> paths.put(name, path.toString()));
    return Json.object("drvPath", derivation.toString(), "outputs", paths, "built", built);
  }

  private static Object notRealised(StorePath derivation, String error) {
    return Json.object(
        "drvPath", derivation.toString(), "outputs", Map.of(), "built", false, "error", error);
  }

  /// A derivation of the store, or a file outside of it, which is added with its name.
  private StorePath derivation(LocalStore store, String given) throws Exception {
    Path file = synapse.folder().resolve(Path.of(given));
    String fileName = String.valueOf(file.getFileName());
    if (given.startsWith(StoreDirectory.NIX.directory() + "/")
        || file.startsWith(synapse.storeFolder())) {
      StorePath path = synapse.storePath(given);
      StoreCommand.require(store, path);
      DerivationCommand.requireDerivation(path);
      return path;
    }
    return store.addDerivation(DerivationCommand.read(synapse.file(Path.of(given)), fileName));
  }
}
