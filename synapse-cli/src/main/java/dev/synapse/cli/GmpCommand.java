package dev.synapse.cli;

import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.events.EventBus;
import dev.synapse.gmp.Gate;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.report.BareReports;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.verdict.Recommendation;
import dev.synapse.gmp.verdict.Verdict;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The commands below `synapse gmp`: judge measured quality.
final class GmpCommand {
  private GmpCommand() {}

  /// Where the report comes from.
  private static final class Evidence {
    private final Supplier<Optional<String>> name;
    private final Supplier<List<String>> tests;
    private final Supplier<List<String>> coverage;
    private final Supplier<Optional<String>> report;

    Evidence(Syntax syntax) {
      name =
          syntax.optionalParameter(
              ".#NAME", "A package that was built (default: the manifest's only one).");
      tests = syntax.options("--tests", "GLOB", "Judge bare JUnit XML reports instead of a build.");
      coverage =
          syntax.options("--coverage", "GLOB", "Judge bare JaCoCo XML reports instead of a build.");
      report = syntax.option("--report", "FILE", "Judge a report.json instead of a build.");
    }

    private boolean bare() {
      return !tests.get().isEmpty() || !coverage.get().isEmpty();
    }
  }

  private record Measured(QualityReport report, Optional<PackageSpec> from) {}

  private static Measured measure(SynapseCommand synapse, Evidence evidence) throws Exception {
    int kinds =
        (evidence.bare() ? 1 : 0)
            + (evidence.report.get().isPresent() ? 1 : 0)
            + (evidence.name.get().isPresent() ? 1 : 0);
    if (kinds > 1) {
      throw CommandException.usage(
          "a package, --report, and --tests with --coverage exclude each other");
    }
    if (evidence.bare()) {
      return new Measured(
          BareReports.read(synapse.folder(), evidence.tests.get(), evidence.coverage.get()),
          Optional.empty());
    }
    if (evidence.report.get().isPresent()) {
      return new Measured(
          QualityReport.read(synapse.file(Path.of(evidence.report.get().get()))), Optional.empty());
    }
    try (LocalStore store = synapse.openStore();
        Workshop workshop = new Workshop(synapse, store, new EventBus())) {
      OpenProject project = OpenProject.in(synapse.folder(), workshop);
      PackageSpec wanted = project.find(evidence.name.get());
      if (wanted.gate().isEmpty()) {
        throw new CommandException(
            ExitCode.USAGE,
            "package '%s' has no gate".formatted(wanted.name()),
            "add [packages.%s.gmp] to the manifest".formatted(wanted.name()));
      }
      Derivation plan = project.plan(wanted);
      for (StorePath output : plan.outputPaths().values()) {
        if (!store.isValid(output)) {
          throw new CommandException(
              ExitCode.REFUSED,
              "package '%s' is not built as it is now".formatted(wanted.name()),
              "run synapse build .#" + wanted.name());
        }
      }
      return new Measured(
          QualityReport.read(Judgement.file(plan.outputPaths(), store)), Optional.of(wanted));
    }
  }

  /// `synapse gmp verify`.
  static final class Verify extends Subcommand {
    private final Evidence evidence = new Evidence(syntax);

    private final Supplier<Optional<String>> stage =
        syntax.option(
            "--stage",
            "STAGE",
            "bootstrap, growth, stabilize or strict (default: the manifest's).");

    private final Supplier<Optional<String>> mode =
        syntax.option("--mode", "MODE", "warn or strict (default: the manifest's, else warn).");

    private final Syntax.Flag json = syntax.flag("--json", "Print the verdict as an object.");

    Verify(SynapseCommand synapse) {
      super(synapse, "verify", "Say whether a build, or bare report files, pass a stage.");
    }

    @Override
    ExitCode run() throws Exception {
      // What is misspelt is said before anything is measured.
      Optional<Stage> wantedStage = stage();
      Optional<Mode> wantedMode = mode();
      Measured measured = measure(synapse, evidence);
      Stage judgedStage =
          wantedStage.orElseGet(
              () ->
                  measured
                      .from()
                      .flatMap(PackageSpec::gate)
                      .flatMap(gate -> Stage.named(gate.stage().label()))
                      .orElse(Stage.BOOTSTRAP));
      Mode judgedMode =
          wantedMode.orElseGet(
              () ->
                  measured
                      .from()
                      .flatMap(PackageSpec::gate)
                      .flatMap(gate -> Mode.named(gate.mode().label()))
                      .orElse(Mode.WARN));
      Verdict verdict = Gate.verify(measured.report(), judgedStage, judgedMode);
      Judgement judgement = new Judgement(verdict, measured.report());
      if (json.given()) {
        Json.print(synapse.out(), judgement.toJson());
      } else {
        synapse.out().print(judgement.toText(false));
      }
      return judgement.released() ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private Optional<Stage> stage() throws CommandException {
      if (stage.get().isEmpty()) {
        return Optional.empty();
      }
      Optional<Stage> named = Stage.named(stage.get().orElseThrow());
      if (named.isEmpty()) {
        throw CommandException.usage(
            "'%s' is no stage: bootstrap, growth, stabilize or strict"
                .formatted(stage.get().orElseThrow()));
      }
      return named;
    }

    private Optional<Mode> mode() throws CommandException {
      if (mode.get().isEmpty()) {
        return Optional.empty();
      }
      Optional<Mode> named = Mode.named(mode.get().orElseThrow());
      if (named.isEmpty()) {
        throw CommandException.usage(
            "'%s' is no mode: warn or strict".formatted(mode.get().orElseThrow()));
      }
      return named;
    }
  }

  /// `synapse gmp recommend`.
  static final class Recommend extends Subcommand {
    private final Evidence evidence = new Evidence(syntax);

    private final Syntax.Flag json =
        syntax.flag("--json", "Print the recommendation as an object.");

    Recommend(SynapseCommand synapse) {
      super(
          synapse,
          "recommend",
          "Name the highest stage that the numbers reach, and what blocks the next.");
    }

    @Override
    ExitCode run() throws Exception {
      Recommendation recommendation = Gate.recommend(measure(synapse, evidence).report());
      if (json.given()) {
        Json.print(synapse.out(), Json.parse(recommendation.toJson()));
      } else {
        synapse.out().println(recommendation.toText());
      }
      return ExitCode.DONE;
    }
  }
}
