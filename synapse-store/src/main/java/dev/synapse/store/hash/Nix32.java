package dev.synapse.store.hash;

/// Nix's base 32.
final class Nix32 {
  private Nix32() {}
}
