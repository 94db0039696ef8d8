package dev.synapse.store.local;

/// A damage and what became of it.
public record Repair(StoreDamage damage, Outcome outcome) {
  /// How mending ended.
  public enum Outcome {
    /// It is whole again.
    REPAIRED,
    /// It is not valid any more, and nothing needs it.
    FORGOTTEN,
    /// It is as it was: no source has it whole.
    LEFT
  }
}
