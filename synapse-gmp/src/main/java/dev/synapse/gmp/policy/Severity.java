package dev.synapse.gmp.policy;

import java.util.Arrays;
import java.util.Optional;

/// What a limit that is not met means.
public enum Severity {
  /// The build is not compliant.
  ERROR,
  /// It is said, and the build may still be compliant.
  WARNING;

  /// The severity of that name, as policies write it; empty when there is none.
  public static Optional<Severity> named(String id) {
    return Arrays.stream(values()).filter(severity -> severity.id().equals(id)).findFirst();
  }

  /// The name in policies and reports.
  public String id() {
    return Ids.of(this);
  }
}
