package dev.synapse.store.hash;

/// What can be wrong with the text of a hash.
public sealed interface HashProblem {
  /// The part before the colon or the dash is no algorithm.
  record UnknownAlgorithm(String text, String algorithm) implements HashProblem {}

  /// The text names another algorithm than the place it stands in.
  record OtherAlgorithm(String text, HashAlgorithm expected) implements HashProblem {}

  /// Neither the text nor its place says which algorithm it is.
  record NoAlgorithm(String text) implements HashProblem {}

  /// As long as none of the written forms.
  record WrongLength(String text, HashAlgorithm algorithm) implements HashProblem {}

  /// A character, or a value, that the encoding does not have.
  record BadDigits(String text, String encoding) implements HashProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case UnknownAlgorithm(var text, var algorithm) ->
          "hash '%s' has the unknown algorithm '%s': use md5, sha1, sha256 or sha512"
              .formatted(text, algorithm);
      case OtherAlgorithm(var text, var expected) ->
          "hash '%s' should be a %s".formatted(text, expected.label());
      case NoAlgorithm(var text) ->
          "hash '%s' does not say its algorithm: write it as sha256-…".formatted(text);
      case WrongLength(var text, var algorithm) ->
          "hash '%s' has the wrong length for a %s".formatted(text, algorithm.label());
      case BadDigits(var text, var encoding) -> "'%s' is not %s".formatted(text, encoding);
    };
  }
}
