package dev.synapse.store.local;

/// What a result link holds.
public enum LinkText {
  /// `/nix/store/…`, as Nix writes it: a root for every collector, but it leads nowhere outside the
  /// sandbox unless the root folder of the store is `/`.
  LOGICAL,
  /// The place where the path really is: to be looked into. A second link, in `gcroots/synapse`,
  /// makes it a root for Nix's collector too.
  PHYSICAL
}
