package dev.synapse.gmp.sign;

import java.util.Optional;

/// What can be wrong with a key, a signature or a list of signers. A secret is never in here.
public sealed interface SignProblem {
  /// A text that is not what it should be.
  ///
  /// @param what such as `a signature`
  /// @param reason why not
  record Malformed(String what, String reason) implements SignProblem {}

  /// A key of another kind than the two that are used here.
  record UnknownKind(String kind) implements SignProblem {}

  /// A private key that only its owner's passphrase opens.
  record Locked() implements SignProblem {}

  /// The bytes that were signed are others, or another key signed them.
  record WrongSignature(String key) implements SignProblem {}

  /// A signature that was made for something else.
  record WrongNamespace(String actual, String expected) implements SignProblem {}

  /// Nobody on the list has this key, for this purpose.
  record UnknownSigner(String key, Optional<String> principal, String namespace)
      implements SignProblem {}

  /// The key was not valid then.
  ///
  /// @param when such as `is not valid before 2026-01-01T00:00:00Z`
  record OutOfTime(String key, String when) implements SignProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case Malformed(var what, var reason) -> "%s cannot be read: %s".formatted(what, reason);
      case UnknownKind(var kind) ->
          "key type '%s' is not used here: make one with ssh-keygen -t ed25519".formatted(kind);
      case Locked() ->
          "the private key is protected by a passphrase: sign with ssh-keygen -Y sign instead";
      case WrongSignature(var key) ->
          "the signature does not fit: not what the key %s signed".formatted(key);
      case WrongNamespace(var actual, var expected) ->
          "the signature is for '%s', not for '%s'".formatted(actual, expected);
      case UnknownSigner(var key, var principal, var namespace) ->
          "no allowed signer%s has the key %s for '%s'"
              .formatted(principal.map(name -> " '" + name + "'").orElse(""), key, namespace);
      case OutOfTime(var key, var when) -> "the key %s %s".formatted(key, when);
    };
  }
}
