package dev.synapse.cli;

import dev.synapse.build.manifest.Gate.Release;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.gmp.change.GitChange;
import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.gmp.record.BatchEvent;
import dev.synapse.gmp.record.BatchLedger;
import dev.synapse.gmp.record.BatchOutput;
import dev.synapse.gmp.record.BatchRecord;
import dev.synapse.gmp.record.BatchResult;
import dev.synapse.gmp.record.BatchRoom;
import dev.synapse.gmp.record.BatchStore;
import dev.synapse.gmp.record.BatchSubject;
import dev.synapse.gmp.record.CompoundId;
import dev.synapse.gmp.record.RecordException;
import dev.synapse.gmp.record.Standing;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.gmp.verdict.LimitCheck;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Writes the record of a build that was judged at its gate. What was neither built nor compared,
/// and whose result is that of its newest record, is no new batch.
record BatchRecording(
    SynapseCommand synapse,
    LocalStore store,
    Instant started,
    String engine,
    Optional<SandboxLevel> level) {
  private static final int MOST_DEVIATIONS = 100;

  /// What a build showed beside its report.
  ///
  /// @param built whether the builder ran
  /// @param repeated whether a second build gave the same bytes, if that is known
  /// @param compared whether it was compared with another build just now
  /// @param differences what comparisons found, a line each
  record Evidence(
      boolean built, Optional<Boolean> repeated, boolean compared, List<String> differences) {}

  /// What the trail says of the build now.
  ///
  /// @param lines what people are to know of it
  record Recorded(CompoundId id, Standing standing, List<String> lines) {
    /// What waits for a second person may be looked at here; what is rejected may not.
    boolean linked() {
      return standing != Standing.REJECTED;
    }
  }

  Recorded record(
      OpenProject project,
      PackageSpec wanted,
      Derivation plan,
      Judgement judgement,
      Evidence evidence)
      throws IOException, RecordException {
    BatchStore batches = BatchStore.in(store.root());
    String lock = batches.keep(Files.readAllBytes(project.lockFile()));
    BatchResult result = result(project, wanted, plan, judgement, lock);
    Optional<String> revision = GitChange.unchanged(synapse.folder());
    Optional<BatchRecord> newest = newest(batches.ledger(), result);
    boolean again =
        !evidence.built()
            && !evidence.compared()
            && newest.filter(batch -> isOf(batch, result) && says(batch, revision)).isPresent();
    if (!again) {
      batches.append(result, event(wanted, judgement, evidence, revision));
      newest = newest(batches.ledger(), result);
    }
    BatchRecord batch = newest.orElseThrow();
    return new Recorded(batch.id(), batch.standing(), lines(batch, again));
  }

  private static Optional<BatchRecord> newest(BatchLedger ledger, BatchResult result) {
    return result.outputs().values().stream()
        .findFirst()
        .flatMap(output -> ledger.newestOf(output.path()));
  }

  private static boolean isOf(BatchRecord batch, BatchResult result) {
    String text = result.toJson();
    return CompoundId.of(batch.id().type(), batch.id().sequence(), text).equals(batch.id());
  }

  /// Whether a record names the commit that the project is at. One that is at none says no more.
  private static boolean says(BatchRecord batch, Optional<String> revision) {
    return revision.isEmpty() || revision.equals(batch.event().revision());
  }

  private static List<String> lines(BatchRecord batch, boolean again) {
    List<String> lines = new ArrayList<>();
    if (!again) {
      lines.add("recorded as " + batch.id());
    }
    if (batch.standing() == Standing.QUARANTINED) {
      lines.add("quarantined: a second person has to release " + batch.id());
    } else if (batch.standing() == Standing.REJECTED
        && batch.event().judged().disposition() != Disposition.REJECTED) {
      lines.add("rejected by a person: see synapse batch list");
    }
    return lines;
  }

  private BatchResult result(
      OpenProject project, PackageSpec wanted, Derivation plan, Judgement judgement, String lock)
      throws IOException {
    List<BatchOutput> components = new ArrayList<>();
    for (StorePath source : plan.inputSources()) {
      components.add(known(source));
    }
    SortedMap<String, BatchOutput> outputs = new TreeMap<>();
    for (Map.Entry<String, StorePath> output : plan.outputPaths().entrySet()) {
      outputs.put(output.getKey(), known(output.getValue()));
    }
    return new BatchResult(
        new BatchSubject(
            wanted.name(),
            project.manifest().project().version(),
            plan.storePath(),
            Optional.of(lock)),
        components,
        outputs,
        document(judgement.result().evidence().report().toJson()),
        document(judgement.toRecord()),
        OwnTools.method(judgement.verdict()));
  }

  private BatchOutput known(StorePath path) throws IOException {
    PathInfo info =
        store
            .find(path)
            .orElseThrow(() -> new IllegalStateException("'%s' is not valid".formatted(path)));
    return new BatchOutput(path, info.narHash().toSri(), info.narSize());
  }

  private static JsonNode document(String text) {
    try {
      return CanonicalJson.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (NotCanonicalException e) {
      throw new IllegalStateException("a report of ours is no JSON", e);
    }
  }

  private BatchEvent event(
      PackageSpec wanted, Judgement judgement, Evidence evidence, Optional<String> revision) {
    boolean person = wanted.gate().filter(gate -> gate.release() == Release.PERSON).isPresent();
    Disposition disposition = judgement.disposition(evidence.differences().isEmpty());
    return new BatchEvent(
        actor(),
        started,
        Instant.now(),
        new BatchRoom(
            host(),
            "%s %s %s"
                .formatted(
                    System.getProperty("os.name"),
                    System.getProperty("os.version"),
                    System.getProperty("os.arch")),
            Version.text(),
            engine,
            level.map(BatchRecording::text)),
        new BatchEvent.Judged(disposition, evidence.built(), evidence.repeated(), person),
        deviations(judgement, evidence),
        revision);
  }

  private static String text(SandboxLevel level) {
    return "bubblewrap %s; namespaces %s; seccomp %s; limits by %s"
        .formatted(level.bubblewrap(), level.namespaces(), level.seccomp(), level.limits());
  }

  /// Who is at work: a name that the allowed signers know too.
  private String actor() {
    String given = synapse.environment().getOrDefault("SYNAPSE_ACTOR", "");
    return given.isBlank() ? System.getProperty("user.name", "unknown") : given;
  }

  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException _) {
      return InetAddress.getLoopbackAddress().getHostName();
    }
  }

  private static List<String> deviations(Judgement judgement, Evidence evidence) {
    List<String> deviations = new ArrayList<>(evidence.differences());
    judgement.verdict().limits().stream()
        .filter(LimitCheck::blocks)
        .map(BatchRecording::deviation)
        .forEach(deviations::add);
    judgement.verdict().expired().forEach(waiver -> deviations.add("waiver " + waiver));
    judgement
        .result()
        .evidence()
        .report()
        .tests()
        .ifPresent(
            tests ->
                tests
                    .modules()
                    .forEach(
                        module ->
                            module
                                .failures()
                                .forEach(name -> deviations.add("failing test: " + name))));
    if (deviations.size() <= MOST_DEVIATIONS) {
      return deviations;
    }
    List<String> first = new ArrayList<>(deviations.subList(0, MOST_DEVIATIONS));
    first.add("and %d more, in the report".formatted(deviations.size() - MOST_DEVIATIONS));
    return first;
  }

  private static String deviation(LimitCheck check) {
    return "%s is %s, limit %s"
        .formatted(
            check.metric().id(),
            check.value().map(value -> value.toPlainString()).orElse("not measured"),
            check.limit().bound().toPlainString());
  }

  /// Refuses to let outputs leave this machine that a record does not release. What no record names
  /// is not ours to judge.
  static void requireReleased(Path storeFolder, Collection<StorePath> paths)
      throws IOException, RecordException, CommandException {
    Optional<BatchLedger.Withheld> withheld = BatchStore.in(storeFolder).ledger().withheld(paths);
    if (withheld.isPresent()) {
      throw new CommandException(
          ExitCode.REFUSED,
          "'%s' is %s by %s: only what is released may be shared"
              .formatted(
                  withheld.get().path(), withheld.get().standing().id(), withheld.get().batch()),
          "synapse batch show " + withheld.get().batch());
    }
  }
}
