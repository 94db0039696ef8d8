package dev.synapse.cli;

import dev.synapse.build.manifest.Gate;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.events.EventBus;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.output.MarkdownSummary;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.StageLimits;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.verdict.Circumstances;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.gmp.verdict.Evidence;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The commands below `synapse gmp`: judge measured quality.
final class GmpCommand {
  private static final String FIRST_STAGE = "bootstrap";

  private GmpCommand() {}

  /// A judgement, and what documents of it need besides.
  ///
  /// @param sources where the sources lie that it speaks of
  record Judged(GateResult result, Policy policy, Path sources) {}

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
      int kinds =
          (options.bare() ? 1 : 0)
              + (report.get().isPresent() ? 1 : 0)
              + (name.get().isPresent() ? 1 : 0);
      if (kinds > 1) {
        throw CommandException.usage(
            "a package, --report, and --tests with --coverage exclude each other");
      }
      return finish(options.bare() || report.get().isPresent() ? files() : built());
    }

    abstract ExitCode finish(Judged judged) throws IOException;

    /// Judges files, of no package.
    private Judged files() throws Exception {
      GateTerms terms = GateTerms.read(synapse, options.files(Gate.Files.NONE), options.day());
      StageLimits judged = terms.stage(stage.get().orElse(FIRST_STAGE));
      Mode wanted = GateTerms.mode(mode.get().orElse(Mode.WARN.id()));
      var circumstances =
          new Circumstances(
              options.revision(),
              terms.waivers(),
              options.change().baseline(),
              options.history(),
              terms.digest());
      Evidence evidence =
          options.bare()
              ? options.evidence()
              : Evidence.of(QualityReport.read(synapse.file(Path.of(report.get().orElseThrow()))));
      return new Judged(
          dev.synapse.gmp.Gate.judge(
              terms.policy(), judged, wanted, options.withBill(evidence), circumstances),
          terms.policy(),
          synapse.folder());
    }

    /// Judges what was built of a package.
    private Judged built() throws Exception {
      try (LocalStore store = synapse.openStore();
          Workshop workshop = new Workshop(synapse, store, new EventBus())) {
        OpenProject project = OpenProject.in(synapse.folder(), workshop);
        PackageSpec wanted = project.find(name.get());
        Gate gate = gate(wanted);
        GateTerms terms = GateTerms.read(synapse, options.files(gate.files()), options.day());
        StageLimits judged = terms.stage(stage.get().orElse(gate.stage()));
        Mode mode = GateTerms.mode(this.mode.get().orElse(gate.mode().label()));
        Optional<ChangedLines> change = options.change().change();
        Derivation plan = project.plan(wanted);
        requireBuilt(store, wanted, plan);
        var built = new PackageGate(synapse, store, wanted, gate, plan);
        Optional<PastRecord> baseline = options.change().baseline();
        List<PastRecord> history = options.history();
        var circumstances =
            new Circumstances(
                options.revision(),
                terms.waivers(),
                baseline.isPresent() ? baseline : built.baseline(terms, change),
                history.isEmpty() ? built.history().all() : history,
                terms.digest());
        Evidence evidence = options.withBill(built.evidence(terms, change));
        return new Judged(
            dev.synapse.gmp.Gate.judge(terms.policy(), judged, mode, evidence, circumstances),
            terms.policy(),
            built.sourceFolder());
      }
    }

    private static Gate gate(PackageSpec wanted) throws CommandException {
      return wanted
          .gate()
          .orElseThrow(
              () ->
                  new CommandException(
                      ExitCode.USAGE,
                      "package '%s' has no gate".formatted(wanted.name()),
                      "add [packages.%s.gmp] to the manifest".formatted(wanted.name())));
    }

    private static void requireBuilt(LocalStore store, PackageSpec wanted, Derivation plan)
        throws Exception {
      for (StorePath output : plan.outputPaths().values()) {
        if (!store.isValid(output)) {
          throw new CommandException(
              ExitCode.REFUSED,
              "package '%s' is not built as it is now".formatted(wanted.name()),
              "run synapse build .#" + wanted.name());
        }
      }
    }
  }

  /// `synapse gmp verify`.
  static final class Verify extends Judging {
    Verify(SynapseCommand synapse) {
      super(synapse, "verify", "Say whether a build, or bare report files, pass a stage.");
    }

    @Override
    ExitCode finish(Judged judged) throws IOException {
      documents.write(judged, judged.result().toText(false));
      return judged.result().verdict().disposition() == Disposition.REJECTED
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
    ExitCode finish(Judged judged) throws IOException {
      documents.write(judged, documents.any() ? "" : MarkdownSummary.write(judged.result()));
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
    ExitCode finish(Judged judged) throws IOException {
      documents.recommend(judged);
      return ExitCode.DONE;
    }
  }
}
