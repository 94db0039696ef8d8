package dev.synapse.gmp.verdict;

import java.util.Locale;

/// What becomes of a build.
public enum Disposition {
  /// It met every required limit.
  RELEASED,
  /// It did not, and the policy only warns.
  RELEASED_WITH_DEVIATIONS,
  /// It did not, and the policy is strict: no link, no signature, no push.
  REJECTED;

  /// The words in reports: `released`, `released with deviations`, `rejected`.
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
