package dev.synapse.gmp.policy;

import java.util.Arrays;
import java.util.Optional;

/// Over what a limit is measured.
public enum Scope {
  /// Everything, or one whole module.
  PROJECT,
  /// The lines that a change adds or alters, and the functions that hold such a line.
  CHANGED,
  /// How many there are in a thousand lines of code.
  PER_KLOC,
  /// The share of functions that are over a bound of their own.
  SHARE;

  /// The scope of that name, as policies write it; empty when there is none.
  public static Optional<Scope> named(String id) {
    return Arrays.stream(values()).filter(scope -> scope.id().equals(id)).findFirst();
  }

  /// The name in policies and reports: `per-kloc`.
  public String id() {
    return Ids.of(this);
  }
}
