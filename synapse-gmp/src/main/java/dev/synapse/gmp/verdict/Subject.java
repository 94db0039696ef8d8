package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/// Who asks, and of what.
///
/// @param origin who asks
/// @param module the module that is asked; empty for the whole project
public record Subject(Origin origin, String module) {
  /// A stage asks of the whole.
  public static final Subject STAGE = new Subject(Origin.STAGE, "");

  /// A limit's reason to be there.
  public enum Origin {
    /// The stage.
    STAGE,
    /// The policy's table for a module.
    MODULE,
    /// What was reached before.
    RATCHET,
    /// The least data that a judgement of changed lines needs.
    FLOOR;

    /// The name in documents: `stage`.
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Subject {
    requireNonNull(origin, "origin");
    requireNonNull(module, "module");
  }
}
