package dev.synapse.store.nar;

import dev.synapse.store.bytes.ByteString;

/// What can be wrong with an archive. `offset` counts the bytes before the place.
public sealed interface NarProblem {
  /// One line for people.
  String message();

  /// The input ends inside the archive.
  record Truncated(long offset) implements NarProblem {
    @Override
    public String message() {
      return "archive ends early, at byte %d".formatted(offset);
    }
  }

  /// Something follows the archive where nothing may.
  record Trailing(long offset) implements NarProblem {
    @Override
    public String message() {
      return "archive ends at byte %d, but more follows".formatted(offset);
    }
  }

  /// A word that the grammar does not have there.
  record Unexpected(long offset, String found, String expected) implements NarProblem {
    @Override
    public String message() {
      return "archive has '%s' at byte %d where %s should be".formatted(found, offset, expected);
    }
  }

  /// The bytes that fill up to a multiple of eight are not zero.
  record BadPadding(long offset) implements NarProblem {
    @Override
    public String message() {
      return "archive has padding that is not zero before byte %d".formatted(offset);
    }
  }

  /// A length that no word, name or link target has.
  record BadLength(long offset, long length) implements NarProblem {
    @Override
    public String message() {
      return "archive has the impossible length %s before byte %d"
          .formatted(Long.toUnsignedString(length), offset);
    }
  }

  /// An entry that is called nothing, `.`, `..`, or has a slash or a NUL.
  record BadName(long offset, ByteString name) implements NarProblem {
    @Override
    public String message() {
      return "archive has an entry with the invalid name '%s' before byte %d"
          .formatted(name, offset);
    }
  }

  /// An entry that does not come after the one before it.
  record OutOfOrder(long offset, ByteString name, ByteString previous) implements NarProblem {
    @Override
    public String message() {
      return "archive has the entry '%s' after '%s' before byte %d: entries must be sorted"
          .formatted(name, previous, offset);
    }
  }

  /// A link target that is empty or has a NUL.
  record BadTarget(long offset, ByteString target) implements NarProblem {
    @Override
    public String message() {
      return "archive has a link with the invalid target '%s' before byte %d"
          .formatted(target, offset);
    }
  }
}
