package dev.synapse.gmp.policy;

import java.util.Locale;

/// Names of constants as files and options write them.
final class Ids {
  private Ids() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
