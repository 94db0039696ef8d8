package dev.synapse.store.cache;

/// What can be wrong with the text of a narinfo or of `nix-cache-info`.
public sealed interface NarInfoProblem {
  /// The text is longer than any that is meant well.
  record TooLong(int limit) implements NarInfoProblem {}

  /// The last line does not end.
  record NoLineEnd() implements NarInfoProblem {}

  /// A line without `: `.
  record NoField(String line) implements NarInfoProblem {}

  /// A field that may be there once is there again.
  record Repeated(String field) implements NarInfoProblem {}

  /// A field that has to be there is not.
  record Missing(String field) implements NarInfoProblem {}

  /// A field whose value cannot be meant.
  record BadValue(String field, String value, String reason) implements NarInfoProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case TooLong(var limit) -> "it has more than %d bytes".formatted(limit);
      case NoLineEnd() -> "its last line does not end";
      case NoField(var line) -> "its line '%s' is no 'Name: value'".formatted(line);
      case Repeated(var field) -> "it has '%s' twice".formatted(field);
      case Missing(var field) -> "it has no '%s'".formatted(field);
      case BadValue(var field, var value, var reason) ->
          "its '%s' is '%s': %s".formatted(field, value, reason);
    };
  }
}
