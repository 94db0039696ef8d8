package dev.synapse.build.realise;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.path.StorePath;
import java.util.List;

/// What a derivation may ask of the machine that builds it.
final class Requirements {
  private static final String SYSTEM = "x86_64-linux";

  /// What Nix has by default and only promises, such as many processors. Not `kvm`: a room has no
  /// devices.
  private static final List<String> FEATURES = List.of("benchmark", "big-parallel", "nixos-test");

  private Requirements() {}

  /// Refuses a derivation that cannot be built here.
  ///
  /// @throws RealiseException which says what is missing
  static void check(StorePath path, Derivation derivation) throws RealiseException {
    String builder = derivation.builder().utf8();
    String system = derivation.system().utf8();
    if (Builtin.isNamedBy(builder)) {
      if (Builtin.of(builder).isEmpty()) {
        throw new RealiseException(
            "'%s' has the builder '%s'; there are only %s"
                .formatted(path, builder, Builtin.names()));
      }
    } else if (!system.equals(SYSTEM)) {
      throw new RealiseException(
          "'%s' is for the system '%s'; this machine is '%s'".formatted(path, system, SYSTEM));
    }
    Attributes attributes = Attributes.of(path, derivation);
    if (!attributes.words("__impureHostDeps").orElse(List.of()).isEmpty()
        || attributes.flag("__noChroot", false)) {
      throw new RealiseException(
          "'%s' asks for files of this machine (__impureHostDeps or __noChroot); no build gets them"
              .formatted(path));
    }
    List<String> lacking =
        attributes.words("requiredSystemFeatures").orElse(List.of()).stream()
            .filter(feature -> !FEATURES.contains(feature))
            .map(feature -> "'" + feature + "'")
            .toList();
    if (!lacking.isEmpty()) {
      throw new RealiseException(
          "'%s' needs the system feature %s; there are only %s"
              .formatted(path, String.join(" and ", lacking), String.join(", ", FEATURES)));
    }
    boolean _ = attributes.flag("preferLocalBuild", false); // every build is local
    OutputChecks _ = OutputChecks.of(path, derivation, attributes);
  }
}
