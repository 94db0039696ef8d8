package dev.synapse.cli;

import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.gmp.Gate;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.report.ReportException;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.gmp.verdict.Verdict;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// The verdict on a build, by the gate that its package declares.
record Judgement(Verdict verdict, QualityReport report) {
  private static final String OUTPUT = "report";
  private static final String FILE = "report.json";

  /// Empty for a package without a gate.
  ///
  /// @throws ReportException when the report of the build is not one
  static Optional<Judgement> of(
      PackageSpec wanted, Map<String, StorePath> outputs, LocalStore store)
      throws ReportException, IOException {
    if (wanted.gate().isEmpty()) {
      return Optional.empty();
    }
    var gate = wanted.gate().get();
    QualityReport report = QualityReport.read(file(outputs, store));
    return Optional.of(
        new Judgement(
            Gate.verify(
                report,
                Stage.named(gate.stage().label()).orElseThrow(),
                Mode.named(gate.mode().label()).orElseThrow()),
            report));
  }

  /// Where the canonical report of a build lies.
  static Path file(Map<String, StorePath> outputs, LocalStore store) {
    StorePath report = outputs.get(OUTPUT);
    if (report == null) {
      throw new IllegalStateException("a package with a gate has no output 'report'");
    }
    return store.physical(report).resolve(FILE);
  }

  boolean released() {
    return verdict.disposition() != Disposition.REJECTED;
  }

  /// A build that cannot be repeated is rejected, whatever its tests say.
  Disposition disposition(boolean reproducible) {
    return reproducible ? verdict.disposition() : Disposition.REJECTED;
  }

  String toText(boolean colours) {
    return verdict.toText(colours);
  }

  /// As an object for a larger document.
  Object toJson() {
    return Json.parse(verdict.toJson());
  }
}
