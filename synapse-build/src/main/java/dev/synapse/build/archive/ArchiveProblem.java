package dev.synapse.build.archive;

/// Why an archive was not unpacked. Each case carries the values its message names.
public sealed interface ArchiveProblem {
  /// Neither a tar, compressed or not, nor a zip.
  record UnknownFormat(String archive) implements ArchiveProblem {}

  /// An entry that may not be.
  record BadEntry(String archive, String entry, String reason) implements ArchiveProblem {}

  /// Two archives, or one twice, bring the same path with different things.
  record Conflict(String path, String first, String second) implements ArchiveProblem {}

  /// The archive ends early or its check sums do not fit.
  record Damaged(String archive, String reason) implements ArchiveProblem {}

  /// More comes out of the archive than can be meant.
  record TooLarge(String archive, String limit) implements ArchiveProblem {}

  /// One line for a person.
  default String message() {
    return switch (this) {
      case UnknownFormat(var archive) ->
          "'%s' is no archive: it is neither a tar (plain, gz, xz, zst, bz2) nor a zip"
              .formatted(archive);
      case BadEntry(var archive, var entry, var reason) ->
          "'%s' was not unpacked: entry '%s' %s".formatted(archive, entry, reason);
      case Conflict(var path, var first, var second) when first.equals(second) ->
          "'%s' brings '%s' twice".formatted(first, path);
      case Conflict(var path, var first, var second) ->
          "'%s' and '%s' both bring '%s'".formatted(first, second, path);
      case Damaged(var archive, var reason) -> "'%s' is damaged: %s".formatted(archive, reason);
      case TooLarge(var archive, var limit) ->
          "'%s' was not unpacked: it holds more than %s".formatted(archive, limit);
    };
  }
}
