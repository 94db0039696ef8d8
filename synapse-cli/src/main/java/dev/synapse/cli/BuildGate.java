package dev.synapse.cli;

import static java.util.Objects.requireNonNull;

import dev.synapse.build.manifest.Gate;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.StageLimits;
import dev.synapse.gmp.verdict.Circumstances;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a build is judged: by what is read before it starts, while it runs, and of what it made.
final class BuildGate {
  private final SynapseCommand synapse;
  private final PackageSpec wanted;
  private final Gate gate;
  private final GateTerms terms;
  private final StageLimits stage;
  private final Optional<ChangedLines> change;
  private final Optional<PastRecord> baseline;
  private @Nullable PackageGate opened;

  private BuildGate(SynapseCommand synapse, PackageSpec wanted, Gate gate, ChangeOptions options)
      throws Exception {
    this.synapse = synapse;
    this.wanted = wanted;
    this.gate = gate;
    terms = GateTerms.read(synapse, gate.files(), LocalDate.now(ZoneOffset.UTC));
    stage = terms.stage(gate.stage());
    change = options.change();
    baseline = options.baseline();
  }

  /// Reads what a package is judged by; empty for one without a gate.
  static Optional<BuildGate> of(SynapseCommand synapse, PackageSpec wanted, ChangeOptions options)
      throws Exception {
    return wanted.gate().isEmpty()
        ? Optional.empty()
        : Optional.of(new BuildGate(synapse, wanted, wanted.gate().get(), options));
  }

  /// Begins to measure the sources, beside the build.
  void open(LocalStore store, Derivation plan) throws Exception {
    var made = new PackageGate(synapse, store, wanted, gate, plan);
    made.startMeasuring();
    opened = made;
  }

  /// Judges what was made. A function of what was declared and of the sources alone: what other
  /// builds were like says no more than the ratchet asks for.
  Judgement judge() throws Exception {
    PackageGate built = requireNonNull(opened, "opened");
    var circumstances =
        new Circumstances(
            Optional.empty(),
            terms.waivers(),
            baseline.isPresent() ? baseline : built.baseline(terms, change),
            List.of(),
            terms.digest());
    return new Judgement(
        dev.synapse.gmp.Gate.judge(
            terms.policy(),
            stage,
            Mode.named(gate.mode().label()).orElseThrow(),
            built.evidence(terms, change),
            circumstances));
  }
}
