package dev.synapse.store.local;

import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StorePath;

/// What checking a store finds.
public sealed interface StoreDamage {
  /// A valid path whose files are gone.
  ///
  /// @param needed whether other valid paths refer to it
  record Disappeared(StorePath path, boolean needed) implements StoreDamage {}

  /// A valid path whose files are not what was registered.
  record Modified(StorePath path, NarHash expected, NarHash actual) implements StoreDamage {}

  /// A valid path whose files cannot be read.
  record Unreadable(StorePath path, String reason) implements StoreDamage {}

  /// A content that paths share, whose file is not what its name says.
  ///
  /// @param link the file's name in `.links`
  record ModifiedLink(String link) implements StoreDamage {}

  /// The database is inconsistent in itself.
  record Database(String finding) implements StoreDamage {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case Disappeared(var path, var needed) ->
          "'%s' disappeared%s".formatted(path, needed ? ", and other valid paths refer to it" : "");
      case Modified(var path, var expected, var actual) ->
          expected.hash().equals(actual.hash())
              ? "'%s' was registered with size %d, it has %d"
                  .formatted(path, expected.size(), actual.size())
              : "'%s' was modified: hash %s, expected %s"
                  .formatted(path, actual.hash(), expected.hash());
      case Unreadable(var path, var reason) -> "'%s' cannot be read: %s".formatted(path, reason);
      case ModifiedLink(var link) -> "shared content '.links/%s' was modified".formatted(link);
      case Database(var finding) -> "store database: %s".formatted(finding);
    };
  }
}
