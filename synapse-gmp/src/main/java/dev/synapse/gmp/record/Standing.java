package dev.synapse.gmp.record;

import dev.synapse.gmp.verdict.Disposition;
import java.util.Locale;

/// Where a batch stands, after its gate and after all that people decided since.
public enum Standing {
  /// It may be shared.
  RELEASED,
  /// It may be shared; what it did not meet is written down.
  RELEASED_WITH_DEVIATIONS,
  /// Its gate lets it pass, and a second person has not released it yet.
  QUARANTINED,
  /// It may not be shared.
  REJECTED;

  /// What follows from the gate alone.
  ///
  /// @param secondPerson whether the policy wants a second person to release what passes
  static Standing of(Disposition disposition, boolean secondPerson) {
    return switch (disposition) {
      case REJECTED -> REJECTED;
      case RELEASED -> secondPerson ? QUARANTINED : RELEASED;
      case RELEASED_WITH_DEVIATIONS -> secondPerson ? QUARANTINED : RELEASED_WITH_DEVIATIONS;
    };
  }

  /// Whether outputs may leave this machine.
  public boolean released() {
    return this == RELEASED || this == RELEASED_WITH_DEVIATIONS;
  }

  /// The words in reports: `released`, `released with deviations`, `quarantined`, `rejected`.
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
