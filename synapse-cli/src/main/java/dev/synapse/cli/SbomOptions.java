package dev.synapse.cli;

import dev.synapse.gmp.osv.Bill;
import dev.synapse.gmp.osv.SbomCheck;
import dev.synapse.gmp.verdict.KnownVulnerabilities;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A bill of materials, the known vulnerabilities that it is held against, and answers to those.
final class SbomOptions {
  private final SynapseCommand synapse;
  private final Supplier<Optional<String>> bill;
  private final Supplier<Optional<String>> advisories;
  private final Supplier<List<String>> vex;

  SbomOptions(SynapseCommand synapse, Syntax syntax) {
    this.synapse = synapse;
    bill = syntax.option("--sbom", "FILE", "A bill of materials in CycloneDX's JSON form.");
    advisories =
        syntax.option(
            "--advisories", "SNAPSHOT", "Hold it against a folder or zip of OSV's documents.");
    vex =
        syntax.options(
            "--vex",
            "FILE",
            "OpenVEX or CycloneDX VEX: what it gives a reason for does not count.");
  }

  /// What is known; empty without a bill.
  Optional<KnownVulnerabilities> read() throws Exception {
    if (bill.get().isEmpty()) {
      if (advisories.get().isPresent() || !vex.get().isEmpty()) {
        throw CommandException.usage("--advisories and --vex are about a bill: give --sbom FILE");
      }
      return Optional.empty();
    }
    Bill read = Bill.read(synapse.file(Path.of(bill.get().get())));
    List<Path> answers = new ArrayList<>();
    for (String file : vex.get()) {
      answers.add(synapse.file(Path.of(file)));
    }
    Optional<String> given = advisories.get();
    Optional<Path> snapshot =
        given.isEmpty() ? Optional.empty() : Optional.of(synapse.existing(Path.of(given.get())));
    return Optional.of(SbomCheck.of(read, snapshot, answers));
  }
}
