package dev.synapse.cli;

import dev.synapse.build.manifest.Gate;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.StageLimits;
import dev.synapse.gmp.sign.AllowedSigners;
import dev.synapse.gmp.verdict.Circumstances;
import dev.synapse.gmp.waiver.SignedWaivers;
import dev.synapse.gmp.waiver.Waivers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// By what is judged: read before anything is measured, so that what is misspelt is said at once.
///
/// @param digest the SHA-256 of the policy file, in hexadecimal digits; `built-in` without one
record GateTerms(Policy policy, String digest, Waivers waivers) {
  /// Reads policy and waivers.
  ///
  /// @param day on which waivers are judged
  static GateTerms read(SynapseCommand synapse, Gate.Files files, LocalDate day) throws Exception {
    Optional<Path> file = Optional.empty();
    if (files.policy().isPresent()) {
      file = Optional.of(synapse.file(Path.of(files.policy().get())));
    }
    return new GateTerms(
        file.isEmpty() ? Policy.builtIn() : Policy.read(file.get()),
        file.isEmpty() ? Circumstances.NONE.policyDigest() : digest(file.get()),
        waivers(synapse, files, day));
  }

  private static String digest(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
  }

  private static Waivers waivers(SynapseCommand synapse, Gate.Files files, LocalDate day)
      throws Exception {
    if (files.waivers().isEmpty()) {
      return Waivers.NONE;
    }
    if (files.allowedSigners().isEmpty()) {
      throw CommandException.usage("waivers are signed: say by whom with --allowed-signers FILE");
    }
    Path allowed = synapse.file(Path.of(files.allowedSigners().get()));
    List<Path> signed = new ArrayList<>();
    for (String file : files.waivers()) {
      signed.add(synapse.file(Path.of(file)));
    }
    return new SignedWaivers(AllowedSigners.parse(Files.readString(allowed)), day).read(signed);
  }

  /// The stage of that name.
  ///
  /// @throws CommandException if the policy has none
  StageLimits stage(String name) throws CommandException {
    Optional<StageLimits> named = policy.stage(name);
    if (named.isPresent()) {
      return named.get();
    }
    var names = policy.stages().stream().map(StageLimits::name).toList();
    String all =
        "%s or %s"
            .formatted(String.join(", ", names.subList(0, names.size() - 1)), names.getLast());
    throw CommandException.usage("'%s' is no stage: %s".formatted(name, all));
  }

  /// The mode of that name.
  ///
  /// @throws CommandException if there is none
  static Mode mode(String name) throws CommandException {
    Optional<Mode> named = Mode.named(name);
    if (named.isEmpty()) {
      throw CommandException.usage("'%s' is no mode: warn or strict".formatted(name));
    }
    return named.get();
  }

  /// Whether a stage limits a metric: only then does a judgement rest on it.
  boolean limits(Metric metric) {
    return policy.stages().stream()
        .flatMap(stage -> stage.limits().stream())
        .anyMatch(limit -> limit.metric() == metric);
  }
}
