package dev.synapse.cli;

import dev.synapse.build.manifest.Gate;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.gmp.AnalysisCache;
import dev.synapse.gmp.BatchHistory;
import dev.synapse.gmp.BuiltEvidence;
import dev.synapse.gmp.LockedSources;
import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.record.BatchStore;
import dev.synapse.gmp.report.ReportException;
import dev.synapse.gmp.verdict.BuildFacts;
import dev.synapse.gmp.verdict.Evidence;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// The gate of a package of a manifest, and what there is to judge of what was built of it. Sources
/// are measured in this process, once for each source: the room needs no analyser for it.
final class PackageGate {
  private static final String OUT = "out";
  private static final String REPORT = "report";

  private final SynapseCommand synapse;
  private final LocalStore store;
  private final PackageSpec wanted;
  private final Gate gate;
  private final Derivation plan;
  private @Nullable FutureTask<AnalysisReport> measuring;

  PackageGate(
      SynapseCommand synapse, LocalStore store, PackageSpec wanted, Gate gate, Derivation plan) {
    this.synapse = synapse;
    this.store = store;
    this.wanted = wanted;
    this.gate = gate;
    this.plan = plan;
  }

  /// What is found in sources, by the store that they lie in.
  static AnalysisCache cache(LocalStore store) {
    return new AnalysisCache(store.root().resolve("synapse/analysis"), "Synapse " + Version.text());
  }

  /// Begins to measure the sources, beside whatever is done next, unless that was done before.
  ///
  /// @throws ReportException at once, if a pattern matches no folder
  void startMeasuring() throws ReportException, IOException {
    Optional<LockedSources> sources = sources();
    if (sources.isEmpty() || cache(store).has(key(), sources.get())) {
      return;
    }
    sources.get().folders();
    AnalysisCache.Key key = key();
    var task = new FutureTask<>(() -> cache(store).of(key, sources.get()));
    Thread.ofPlatform().daemon().name("source analysis").start(task);
    measuring = task;
  }

  private Optional<LockedSources> sources() {
    Gate.Reports asked = gate.sources();
    return asked.patterns().isEmpty()
        ? Optional.empty()
        : Optional.of(new LockedSources(store.physical(source()), asked.patterns(), asked.each()));
  }

  private AnalysisCache.Key key() throws IOException {
    StorePath source = source();
    return new AnalysisCache.Key(
        source.digest(), store.find(source).orElseThrow().narHash().toSri());
  }

  private StorePath source() {
    Optional<ByteString> named = Optional.ofNullable(plan.env().get(ByteString.of("src")));
    return plan.inputSources().stream()
        .filter(each -> named.filter(ByteString.of(each.toString())::equals).isPresent())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("a plan without its source"));
  }

  /// The folder of the source.
  Path sourceFolder() {
    return store.physical(source());
  }

  /// All that there is to judge.
  ///
  /// @param change what changed in the sources, where that matters
  Evidence evidence(GateTerms terms, Optional<ChangedLines> change) throws Exception {
    Optional<AnalysisReport> analysis = analysis();
    if (change.isPresent() && analysis.isEmpty()) {
      throw CommandException.usage(
          "what changed is judged in sources: package '%s' measures none".formatted(wanted.name()));
    }
    StorePath report = plan.outputPaths().get(REPORT);
    if (report == null) {
      throw new IllegalStateException("a package with a gate has no output 'report'");
    }
    Evidence read =
        BuiltEvidence.read(
            store.physical(report),
            sourceFolder(),
            analysis,
            BuiltEvidence.mutants(synapse.folder(), gate.files().mutations()),
            change);
    return new Evidence(
        read.report(), read.lines(), read.analysis(), read.mutants(), read.change(), facts(terms));
  }

  /// Empty also where the usual folders are not there: then nothing was asked for by name.
  private Optional<AnalysisReport> analysis() throws Exception {
    Optional<LockedSources> sources = sources();
    if (sources.isEmpty()) {
      return Optional.empty();
    }
    FutureTask<AnalysisReport> begun = measuring;
    AnalysisReport found = begun == null ? cache(store).of(key(), sources.get()) : result(begun);
    return Optional.of(found).filter(report -> gate.sources().each() || !report.files().isEmpty());
  }

  private static AnalysisReport result(FutureTask<AnalysisReport> begun) throws Exception {
    try {
      return begun.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /// What the store knows of the build. Whether it was repeated belongs to the judgement only where
  /// that is asked for: who did not repeat it has to come to the same result.
  private BuildFacts facts(GateTerms terms) throws IOException {
    StorePath out = plan.outputPaths().get(OUT);
    long bytes = 0;
    for (StorePath each : store.closure(out == null ? Set.of() : Set.of(out))) {
      bytes += store.find(each).orElseThrow().narSize();
    }
    return new BuildFacts(
        out == null ? Optional.empty() : Optional.of(bytes),
        terms.limits(Metric.REPRODUCIBLE)
            ? RebuildRecord.of(store, plan.storePath(), RebuildRecord.Kind.AGAIN).agrees()
            : Optional.empty(),
        Optional.empty());
  }

  /// Earlier judgements of this package.
  BatchHistory history() throws Exception {
    return BatchHistory.of(BatchStore.in(store.root()), wanted.name(), plan.storePath());
  }

  /// What a ratchet compares with: the record of the commit that the change starts from, or where
  /// no change was named, the newest of another build.
  Optional<PastRecord> baseline(GateTerms terms, Optional<ChangedLines> change) throws Exception {
    if (terms.policy().ratchet().isEmpty()) {
      return Optional.empty();
    }
    Optional<String> start = change.flatMap(ChangedLines::base);
    return start.isPresent() ? history().of(start.get()) : history().before();
  }
}
