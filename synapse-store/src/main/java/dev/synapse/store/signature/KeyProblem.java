package dev.synapse.store.signature;

/// What can be wrong with a text that should be a key or a signature. A secret is never in here.
public sealed interface KeyProblem {
  /// There is no `:`, or no name before it.
  record NoName(String what) implements KeyProblem {}

  /// A name that no key can have.
  record BadName(String name) implements KeyProblem {}

  /// What follows the name is not base 64.
  record NotBase64(String what, String name) implements KeyProblem {}

  /// The decoded bytes are of another number.
  record WrongSize(String what, String name, int size, int expected) implements KeyProblem {}

  /// The public half in a secret key is not that of the secret half.
  record HalvesDiffer(String name) implements KeyProblem {}

  /// The bytes are no point of the curve.
  record NoPoint(String name) implements KeyProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case NoName(var what) -> "%s should be a name, ':' and base 64".formatted(what);
      case BadName(var name) ->
          "'%s' cannot be the name of a key: it needs one character or more, none of them ':' or blank"
              .formatted(name);
      case NotBase64(var what, var name) ->
          "%s '%s' does not go on with base 64 after the ':'".formatted(what, name);
      case WrongSize(var what, var name, var size, var expected) ->
          "%s '%s' has %d bytes, not %d".formatted(what, name, size, expected);
      case HalvesDiffer(var name) ->
          "secret key '%s' is damaged: its two halves do not belong together".formatted(name);
      case NoPoint(var name) ->
          "public key '%s' is damaged: it is no point of the curve".formatted(name);
    };
  }
}
