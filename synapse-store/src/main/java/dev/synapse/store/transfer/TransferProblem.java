package dev.synapse.store.transfer;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.path.StorePath;

/// What can be wrong with a stream of store objects, or with what should be written to one.
public sealed interface TransferProblem {
  /// Where a record or the end should begin stands something else.
  record NoRecord(long number) implements TransferProblem {}

  /// The archive of a record is not followed by what says which path it is.
  record NoTrailer(long number) implements TransferProblem {}

  /// The stream ends inside a record, or before it says that it ends.
  record Truncated() implements TransferProblem {}

  /// A text that is longer than any can be, or is not filled up with zeros.
  record BadText(long length) implements TransferProblem {}

  /// A text that should be a store path.
  record BadPath(String text, String reason) implements TransferProblem {}

  /// The files of a path of the store are not those that were registered.
  record Modified(StorePath path, Hash expected, Hash actual) implements TransferProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case NoRecord(var number) ->
          "this is no export stream: 0 or 1 expected, not %s"
              .formatted(Long.toUnsignedString(number));
      case NoTrailer(var number) ->
          "export stream is damaged: no 'NIXE' after an archive, but %s"
              .formatted(Long.toUnsignedString(number));
      case Truncated() -> "export stream is cut: it ends too early";
      case BadText(var length) ->
          "export stream is damaged: a text of %s bytes".formatted(Long.toUnsignedString(length));
      case BadPath(var text, var reason) ->
          "export stream is damaged: '%s' is no store path: %s".formatted(text, reason);
      case Modified(var path, var expected, var actual) ->
          "'%s' was modified: hash %s, expected %s; repair the store before exporting it"
              .formatted(path, actual, expected);
    };
  }
}
