package dev.synapse.gmp.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What follows when a build is not compliant. Whether it is compliant does not depend on it.
public enum Mode {
  /// It is released with deviations.
  WARN,
  /// It is rejected.
  STRICT;

  /// The mode of that name, as manifests and options write it; empty when there is none.
  public static Optional<Mode> named(String id) {
    return Arrays.stream(values()).filter(mode -> mode.id().equals(id)).findFirst();
  }

  /// The name in manifests, options and reports.
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
