package dev.synapse.cli;

import dev.synapse.gmp.EvidenceFiles;
import dev.synapse.gmp.change.ChangeException;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.change.GitChange;
import dev.synapse.gmp.change.Patch;
import dev.synapse.gmp.output.ResultReader;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.sign.AllowedSigners;
import dev.synapse.gmp.verdict.BuildFacts;
import dev.synapse.gmp.verdict.Circumstances;
import dev.synapse.gmp.verdict.Evidence;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.gmp.waiver.SignedWaivers;
import dev.synapse.gmp.waiver.Waivers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
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
  private final Supplier<Optional<String>> patch;
  private final Supplier<Optional<String>> base;
  private final SbomOptions bill;
  private final Supplier<Optional<String>> policy;
  private final Supplier<Optional<String>> baseline;
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
    patch = syntax.option("--patch", "FILE", "What changed, as a unified difference.");
    base =
        syntax.option(
            "--base", "COMMIT", "What changed, from where the work left COMMIT; asks git.");
    bill = new SbomOptions(synapse, syntax);
    policy = syntax.option("--policy", "FILE", "Limits (default: the built-in stages).");
    baseline =
        syntax.option(
            "--baseline", "FILE", "The judgement of the commit that the change starts from.");
    history =
        syntax.options("--history", "FILE", "An earlier judgement of the main line, oldest first.");
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

  /// What is judged.
  Evidence evidence() throws Exception {
    Optional<ChangedLines> change = change();
    if (change.isPresent() && sources.get().isEmpty()) {
      throw CommandException.usage("what changed is judged in sources: give --sources");
    }
    var files = new EvidenceFiles(tests.get(), coverage.get(), mutations.get(), sources.get());
    return files.read(synapse.folder(), change);
  }

  /// The same with what is known of a bill of materials.
  Evidence withFacts(Evidence evidence, BuildFacts facts) throws Exception {
    BuildFacts all = bill.read().map(facts::withVulnerabilities).orElse(facts);
    return new Evidence(
        evidence.report(),
        evidence.lines(),
        evidence.analysis(),
        evidence.mutants(),
        evidence.change(),
        all);
  }

  private Optional<ChangedLines> change() throws Exception {
    if (patch.get().isPresent() && base.get().isPresent()) {
      throw CommandException.usage("--patch and --base exclude each other");
    }
    try {
      if (patch.get().isPresent()) {
        return Optional.of(Patch.read(synapse.file(Path.of(patch.get().get()))));
      }
      return base.get().isPresent()
          ? Optional.of(GitChange.since(synapse.folder(), base.get().get()))
          : Optional.empty();
    } catch (ChangeException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  /// The policy.
  Policy policy() throws Exception {
    Optional<String> file = policy.get();
    return file.isEmpty() ? Policy.builtIn() : Policy.read(synapse.file(Path.of(file.get())));
  }

  /// What is taken into account.
  Circumstances circumstances() throws Exception {
    List<PastRecord> records = new ArrayList<>();
    for (String file : history.get()) {
      records.add(record(file));
    }
    return new Circumstances(
        revision.get(),
        waivers(),
        baseline.get().isEmpty() ? Optional.empty() : Optional.of(record(baseline.get().get())),
        records,
        policyDigest());
  }

  private PastRecord record(String file) throws Exception {
    try {
      return ResultReader.read(synapse.file(Path.of(file)), "");
    } catch (ResultReader.ResultException e) {
      throw new CommandException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private String policyDigest() throws Exception {
    Optional<String> file = policy.get();
    if (file.isEmpty()) {
      return Circumstances.NONE.policyDigest();
    }
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of()
        .formatHex(digest.digest(Files.readAllBytes(synapse.file(Path.of(file.get())))));
  }

  private Waivers waivers() throws Exception {
    if (waivers.get().isEmpty()) {
      return Waivers.NONE;
    }
    if (signers.get().isEmpty()) {
      throw CommandException.usage("waivers are signed: say by whom with --allowed-signers FILE");
    }
    Path allowed = synapse.file(Path.of(signers.get().get()));
    List<Path> files = new ArrayList<>();
    for (String file : waivers.get()) {
      files.add(synapse.file(Path.of(file)));
    }
    return new SignedWaivers(AllowedSigners.parse(Files.readString(allowed)), day()).read(files);
  }

  private LocalDate day() throws CommandException {
    try {
      return day.get().map(LocalDate::parse).orElseGet(() -> LocalDate.now(ZoneOffset.UTC));
    } catch (DateTimeParseException _) {
      throw CommandException.usage("'%s' is no day, such as 2026-12-31".formatted(day.get().get()));
    }
  }
}
