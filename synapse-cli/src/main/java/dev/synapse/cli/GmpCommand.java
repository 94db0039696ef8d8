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
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `synapse gmp`: judges measured quality.
@Command(
    name = "gmp",
    description = "Judge measured quality against a stage.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class GmpCommand implements Callable<Integer> {
  @ParentCommand private SynapseCommand synapse;

  @Override
  public Integer call() throws CommandException {
    throw new CommandException(
        ExitCode.USAGE, "'synapse gmp' needs a command", "synapse gmp --help");
  }

  /// Where the report comes from.
  static final class Evidence {
    @Parameters(
        paramLabel = ".#NAME",
        arity = "0..1",
        description = "A package that was built (default: the manifest's only one).")
    private Optional<String> name = Optional.empty();

    @Option(
        names = "--tests",
        paramLabel = "GLOB",
        description = "Judge bare JUnit XML reports instead of a build.")
    private List<String> tests = List.of();

    @Option(
        names = "--coverage",
        paramLabel = "GLOB",
        description = "Judge bare JaCoCo XML reports instead of a build.")
    private List<String> coverage = List.of();

    @Option(
        names = "--report",
        paramLabel = "FILE",
        description = "Judge a report.json instead of a build.")
    private Optional<Path> report = Optional.empty();

    private boolean bare() {
      return !tests.isEmpty() || !coverage.isEmpty();
    }
  }

  private record Measured(QualityReport report, Optional<PackageSpec> from) {}

  private Measured measure(Evidence evidence) throws Exception {
    int kinds =
        (evidence.bare() ? 1 : 0)
            + (evidence.report.isPresent() ? 1 : 0)
            + (evidence.name.isPresent() ? 1 : 0);
    if (kinds > 1) {
      throw CommandException.usage(
          "a package, --report, and --tests with --coverage exclude each other");
    }
    if (evidence.bare()) {
      return new Measured(
          BareReports.read(synapse.folder(), evidence.tests, evidence.coverage), Optional.empty());
    }
    if (evidence.report.isPresent()) {
      return new Measured(
          QualityReport.read(synapse.file(evidence.report.get())), Optional.empty());
    }
    try (LocalStore store = LocalStore.open(synapse.storeFolder());
        Workshop workshop = new Workshop(synapse, store, new EventBus())) {
      OpenProject project = OpenProject.in(synapse.folder(), workshop);
      PackageSpec wanted = project.find(evidence.name);
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

  @Command(
      name = "verify",
      description = "Say whether a build, or bare report files, pass a stage.",
      mixinStandardHelpOptions = true)
  static final class Verify implements Callable<Integer> {
    @ParentCommand private GmpCommand parent;

    @Mixin private final Evidence evidence = new Evidence();

    @Option(
        names = "--stage",
        paramLabel = "STAGE",
        description = "bootstrap, growth, stabilize or strict (default: the manifest's).")
    private Optional<String> stage = Optional.empty();

    @Option(
        names = "--mode",
        paramLabel = "MODE",
        description = "warn or strict (default: the manifest's, else warn).")
    private Optional<String> mode = Optional.empty();

    @Option(names = "--json", description = "Print the verdict as an object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      // What is misspelt is said before anything is measured.
      Optional<Stage> wantedStage = stage();
      Optional<Mode> wantedMode = mode();
      Measured measured = parent.measure(evidence);
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
      Judgement judgement = new Judgement(verdict);
      if (json) {
        Json.print(parent.synapse.out(), judgement.toJson());
      } else {
        parent.synapse.out().print(judgement.toText(false));
      }
      return (judgement.released() ? ExitCode.DONE : ExitCode.REFUSED).status();
    }

    private Optional<Stage> stage() throws CommandException {
      if (stage.isEmpty()) {
        return Optional.empty();
      }
      Optional<Stage> named = Stage.named(stage.get());
      if (named.isEmpty()) {
        throw CommandException.usage(
            "'%s' is no stage: bootstrap, growth, stabilize or strict".formatted(stage.get()));
      }
      return named;
    }

    private Optional<Mode> mode() throws CommandException {
      if (mode.isEmpty()) {
        return Optional.empty();
      }
      Optional<Mode> named = Mode.named(mode.get());
      if (named.isEmpty()) {
        throw CommandException.usage("'%s' is no mode: warn or strict".formatted(mode.get()));
      }
      return named;
    }
  }

  @Command(
      name = "recommend",
      description = "Name the highest stage that the numbers reach, and what blocks the next.",
      mixinStandardHelpOptions = true)
  static final class Recommend implements Callable<Integer> {
    @ParentCommand private GmpCommand parent;

    @Mixin private final Evidence evidence = new Evidence();

    @Option(names = "--json", description = "Print the recommendation as an object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      Recommendation recommendation = Gate.recommend(parent.measure(evidence).report());
      if (json) {
        Json.print(parent.synapse.out(), Json.parse(recommendation.toJson()));
      } else {
        parent.synapse.out().println(recommendation.toText());
      }
      return ExitCode.DONE.status();
    }
  }
}
