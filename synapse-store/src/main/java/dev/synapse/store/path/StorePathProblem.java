package dev.synapse.store.path;

/// What can be wrong with a text that should name something in the store.
public sealed interface StorePathProblem {
  /// The text is not a path directly below the store directory.
  record NotInStore(String text, String directory) implements StorePathProblem {}

  /// The text does not start with 32 nix32 digits and a `-`.
  record BadDigest(String text) implements StorePathProblem {}

  /// The part after the digest is empty, too long, reserved, or has a character it may not have.
  record BadName(String text, String name) implements StorePathProblem {}

  /// The text is not a content address.
  record BadContentAddress(String text, String reason) implements StorePathProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case NotInStore(var text, var directory) ->
          "'%s' is not a store path: it is not directly below '%s'".formatted(text, directory);
      case BadDigest(var text) ->
          "'%s' is not a store path: no 32 nix32 digits before a '-'".formatted(text);
      case BadName(var text, var name) ->
          "'%s' is not a store path: its name '%s' should be 1 to 211 letters, digits or +-._?="
              .formatted(text, name);
      case BadContentAddress(var text, var reason) ->
          "'%s' is not a content address: %s".formatted(text, reason);
    };
  }
}
