package dev.synapse.cli;

import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.events.EventBus;
import dev.synapse.gmp.Gate;
import dev.synapse.gmp.output.MarkdownSummary;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.StageLimits;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.verdict.BuildFacts;
import dev.synapse.gmp.verdict.Circumstances;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.gmp.verdict.Evidence;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// The commands below `synapse gmp`: judge measured quality.
final class GmpCommand {
  private static final String FIRST_STAGE = "bootstrap";
  private static final String OUT = "out";

  private GmpCommand() {}

  /// What is judged, and the gate that the manifest declares for it.
  private record Measured(Evidence evidence, Optional<PackageSpec> from) {
    Optional<String> stage() {
      return from.flatMap(PackageSpec::gate).map(gate -> gate.stage().label());
    }

    Optional<Mode> mode() {
      return from.flatMap(PackageSpec::gate).flatMap(gate -> Mode.named(gate.mode().label()));
    }
  }

  /// A command that judges.
  abstract static class Judging extends Subcommand {
    final GateDocuments documents;
    private final GateOptions options;
    private final Supplier<Optional<String>> name;
    private final Supplier<Optional<String>> report;
    private final Supplier<Optional<String>> stage;
    private final Supplier<Optional<String>> mode;

    Judging(SynapseCommand synapse, String word, String description) {
      super(synapse, word, description);
      name =
          syntax.optionalParameter(
              ".#NAME", "A package that was built (default: the manifest's only one).");
      options = new GateOptions(synapse, syntax);
      report = syntax.option("--report", "FILE", "Judge a report.json instead of a build.");
      stage =
          syntax.option(
              "--stage",
              "STAGE",
              "bootstrap, growth, stabilize, strict or one of the policy's (default: the"
                  + " manifest's).");
      mode =
          syntax.option("--mode", "MODE", "warn or strict (default: the manifest's, else warn).");
      documents = new GateDocuments(synapse, syntax);
    }

    @Override
    ExitCode run() throws Exception {
      // What is misspelt is said before anything is measured.
      Policy policy = options.policy();
      Optional<StageLimits> wantedStage = stage(policy);
      Optional<Mode> wantedMode = mode();
      Circumstances circumstances = options.circumstances();
      Measured measured = measure();
      StageLimits judged =
          wantedStage.or(() -> policy.stage(measured.stage().orElse(FIRST_STAGE))).orElseThrow();
      GateResult result =
          Gate.judge(
              policy,
              judged,
              wantedMode.or(measured::mode).orElse(Mode.WARN),
              measured.evidence(),
              circumstances);
      return finish(result, policy);
    }

    abstract ExitCode finish(GateResult result, Policy policy) throws IOException;

    private Optional<StageLimits> stage(Policy policy) throws CommandException {
      Optional<StageLimits> named = stage.get().flatMap(policy::stage);
      if (named.isPresent() || stage.get().isEmpty()) {
        return named;
      }
      var names = policy.stages().stream().map(StageLimits::name).toList();
      String all =
          "%s or %s"
              .formatted(String.join(", ", names.subList(0, names.size() - 1)), names.getLast());
      throw CommandException.usage("'%s' is no stage: %s".formatted(stage.get().get(), all));
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

    private Measured measure() throws Exception {
      int kinds =
          (options.bare() ? 1 : 0)
              + (report.get().isPresent() ? 1 : 0)
              + (name.get().isPresent() ? 1 : 0);
      if (kinds > 1) {
        throw CommandException.usage(
            "a package, --report, and --tests with --coverage exclude each other");
      }
      if (options.bare()) {
        return new Measured(
            options.withFacts(options.evidence(), BuildFacts.NONE), Optional.empty());
      }
      if (report.get().isPresent()) {
        QualityReport read = QualityReport.read(synapse.file(Path.of(report.get().get())));
        return new Measured(
            options.withFacts(Evidence.of(read), BuildFacts.NONE), Optional.empty());
      }
      return built();
    }

    private Measured built() throws Exception {
      try (LocalStore store = synapse.openStore();
          Workshop workshop = new Workshop(synapse, store, new EventBus())) {
        OpenProject project = OpenProject.in(synapse.folder(), workshop);
        PackageSpec wanted = project.find(name.get());
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
        QualityReport read = QualityReport.read(Judgement.file(plan.outputPaths(), store));
        return new Measured(
            options.withFacts(Evidence.of(read), facts(plan, store)), Optional.of(wanted));
      }
    }

    /// What the store knows of a build.
    private static BuildFacts facts(Derivation plan, LocalStore store) throws IOException {
      StorePath out = plan.outputPaths().get(OUT);
      long bytes = 0;
      for (StorePath each : store.closure(out == null ? Set.of() : Set.of(out))) {
        bytes += store.find(each).orElseThrow().narSize();
      }
      return new BuildFacts(
          out == null ? Optional.empty() : Optional.of(bytes),
          RebuildRecord.of(store, plan.storePath(), RebuildRecord.Kind.AGAIN).agrees(),
          Optional.empty());
    }
  }

  /// `synapse gmp verify`.
  static final class Verify extends Judging {
    Verify(SynapseCommand synapse) {
      super(synapse, "verify", "Say whether a build, or bare report files, pass a stage.");
    }

    @Override
    ExitCode finish(GateResult result, Policy policy) throws IOException {
      documents.write(result, policy, result.toText(false));
      return result.verdict().disposition() == Disposition.REJECTED
          ? ExitCode.REFUSED
          : ExitCode.DONE;
    }
  }

  /// `synapse gmp report`.
  static final class Report extends Judging {
    Report(SynapseCommand synapse) {
      super(synapse, "report", "Write the judgement as documents, whatever it says.");
    }

    @Override
    ExitCode finish(GateResult result, Policy policy) throws IOException {
      documents.write(result, policy, documents.any() ? "" : MarkdownSummary.write(result));
      return ExitCode.DONE;
    }
  }

  /// `synapse gmp recommend`.
  static final class Recommend extends Judging {
    Recommend(SynapseCommand synapse) {
      super(
          synapse,
          "recommend",
          "Name the highest stage that the numbers reach, and what blocks the next.");
    }

    @Override
    ExitCode finish(GateResult result, Policy policy) throws IOException {
      documents.recommend(result, policy);
      return ExitCode.DONE;
    }
  }
}
