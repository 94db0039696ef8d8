package dev.synapse.cli;

import dev.synapse.build.manifest.Gate;
import dev.synapse.gmp.EvidenceFiles;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.verdict.BuildFacts;
import dev.synapse.gmp.verdict.Evidence;
import dev.synapse.gmp.verdict.PastRecord;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What a judgement is made of besides a build: bare files, what changed, the policy, and what is
/// taken into account. All of it is declared on the command line, so that it can be said again.
final class GateOptions {
  private final SynapseCommand synapse;
  private final Supplier<List<String>> tests;
  private final Supplier<List<String>> coverage;
  private final Supplier<List<String>> mutations;
  private final Supplier<List<String>> sources;
  private final ChangeOptions change;
  private final SbomOptions bill;
  private final Supplier<Optional<String>> policy;
  private final Supplier<List<String>> history;
  private final Supplier<List<String>> waivers;
  private final Supplier<Optional<String>> signers;
  private final Supplier<Optional<String>> day;
  private final Supplier<Optional<String>> revision;

  GateOptions(SynapseCommand synapse, Syntax syntax) {
    this.synapse = synapse;
    tests = syntax.options("--tests", "GLOB", "Judge bare test reports instead of a build.");
    coverage =
        syntax.options("--coverage", "GLOB", "Judge bare coverage reports instead of a build.");
    mutations = syntax.options("--mutations", "GLOB", "Reports of a mutation tester.");
    sources = syntax.options("--sources", "GLOB", "Folders of sources to measure.");
    change = new ChangeOptions(synapse, syntax);
    bill = new SbomOptions(synapse, syntax);
    policy =
        syntax.option(
            "--policy", "FILE", "Limits (default: the manifest's, else the built-in stages).");
    history =
        syntax.options(
            "--history",
            "FILE",
            "An earlier judgement of the main line, oldest first (default: of a build, its"
                + " records).");
    waivers = syntax.options("--waivers", "FILE", "Signed waivers; FILE.sig lies beside it.");
    signers = syntax.option("--allowed-signers", "FILE", "Who may approve waivers.");
    day = syntax.option("--date", "DAY", "On which waivers are judged (default: today, UTC).");
    revision = syntax.option("--revision", "COMMIT", "The commit that is judged, for the record.");
  }

  /// Whether bare files are to be judged, and not a build.
  boolean bare() {
    return !tests.get().isEmpty()
        || !coverage.get().isEmpty()
        || !mutations.get().isEmpty()
        || !sources.get().isEmpty();
  }

  /// What changed, and what it is compared with.
  ChangeOptions change() {
    return change;
  }

  /// The files that are judged by: those named here in place of those of a manifest.
  Gate.Files files(Gate.Files declared) {
    return new Gate.Files(
        policy.get().or(declared::policy),
        waivers.get().isEmpty() ? declared.waivers() : waivers.get(),
        signers.get().or(declared::allowedSigners),
        declared.mutations());
  }

  /// What bare files say.
  Evidence evidence() throws Exception {
    Optional<ChangedLines> changed = change.change();
    if (changed.isPresent() && sources.get().isEmpty()) {
      throw CommandException.usage("what changed is judged in sources: give --sources");
    }
    var files = new EvidenceFiles(tests.get(), coverage.get(), mutations.get(), sources.get());
    return files.read(synapse.folder(), changed);
  }

  /// The same with what is known of a bill of materials.
  Evidence withBill(Evidence evidence) throws Exception {
    BuildFacts facts = evidence.build();
    BuildFacts all = bill.read().map(facts::withVulnerabilities).orElse(facts);
    return new Evidence(
        evidence.report(),
        evidence.lines(),
        evidence.analysis(),
        evidence.mutants(),
        evidence.change(),
        all);
  }

  /// The commit that is judged; empty when it was not said.
  Optional<String> revision() {
    return revision.get();
  }

  /// Earlier judgements; empty when none was named.
  List<PastRecord> history() throws Exception {
    List<PastRecord> records = new ArrayList<>();
    for (String file : history.get()) {
      records.add(ChangeOptions.record(synapse, file));
    }
    return records;
  }

  /// The day on which waivers are judged.
  LocalDate day() throws CommandException {
    try {
      return day.get().map(LocalDate::parse).orElseGet(() -> LocalDate.now(ZoneOffset.UTC));
    } catch (DateTimeParseException _) {
      throw CommandException.usage("'%s' is no day, such as 2026-12-31".formatted(day.get().get()));
    }
  }
}
