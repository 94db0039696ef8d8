package dev.synapse.store.derivation;

import dev.synapse.store.path.StorePath;

/// What can be wrong with a derivation. `derivation` is its name, without `.drv`.
public sealed interface DerivationProblem {
  /// The text leaves the grammar at the byte with this number, counted from 0.
  record Malformed(String derivation, int offset, String expected) implements DerivationProblem {}

  /// A path that is none, or none of the kind that stands there.
  record BadPath(String derivation, String path, String reason) implements DerivationProblem {}

  /// An output whose fields say nothing that can be.
  record BadOutput(String derivation, String output, String reason) implements DerivationProblem {}

  /// Each output may be, but not these together.
  record BadOutputs(String derivation, String reason) implements DerivationProblem {}

  /// A name that gives no store path, or `.drv` at its end.
  record BadName(String derivation) implements DerivationProblem {}

  /// The derivation builds on an output that its input does not have.
  record NoSuchOutput(String derivation, String output) implements DerivationProblem {}

  /// A derivation that others build on is not there.
  record Missing(StorePath path) implements DerivationProblem {}

  /// A derivation that builds on itself, through others.
  record Cycle(StorePath path) implements DerivationProblem {}

  /// The path of an output is not the one that follows from the derivation.
  record IncorrectOutput(String derivation, String output, String path, StorePath expected)
      implements DerivationProblem {}

  /// The variable named after an output does not hold its path.
  record IncorrectVariable(String derivation, String output, StorePath expected)
      implements DerivationProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case Malformed(var derivation, var offset, var expected) ->
          "derivation '%s' is malformed: no %s at byte %d".formatted(derivation, expected, offset);
      case BadPath(var derivation, var path, var reason) ->
          "derivation '%s' has the bad path '%s': %s".formatted(derivation, path, reason);
      case BadOutput(var derivation, var output, var reason) ->
          "derivation '%s' has the bad output '%s': %s".formatted(derivation, output, reason);
      case BadOutputs(var derivation, var reason) ->
          "derivation '%s' has bad outputs: %s".formatted(derivation, reason);
      case BadName(var derivation) ->
          "'%s' is no name for a derivation: up to 207 letters, digits or +-._?=, no '.drv' at the end"
              .formatted(derivation);
      case NoSuchOutput(var derivation, var output) ->
          "derivation '%s' has no output '%s', but another derivation builds on it"
              .formatted(derivation, output);
      case Missing(var path) -> "derivation '%s' is not in the store".formatted(path);
      case Cycle(var path) -> "derivation '%s' builds on itself".formatted(path);
      case IncorrectOutput(var derivation, var output, var path, var expected) ->
          "derivation '%s' has the incorrect path '%s' for its output '%s', should be '%s'"
              .formatted(derivation, path, output, expected);
      case IncorrectVariable(var derivation, var output, var expected) ->
          "derivation '%s' has an incorrect variable '%s', should be '%s'"
              .formatted(derivation, output, expected);
    };
  }
}
