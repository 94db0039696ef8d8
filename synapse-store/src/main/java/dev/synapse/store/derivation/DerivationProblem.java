package dev.synapse.store.derivation;

import dev.synapse.store.path.StorePath;

/// What can be wrong with a derivation. `derivation` is its name, without `.drv`.
public sealed interface DerivationProblem {
  /// One line for people.
  String message();

  /// The text leaves the grammar at the byte with this number, counted from 0.
  record Malformed(String derivation, int offset, String expected) implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' is malformed: no %s at byte %d"
          .formatted(derivation, expected, offset);
    }
  }

  /// A path that is none, or none of the kind that stands there.
  record BadPath(String derivation, String path, String reason) implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' has the bad path '%s': %s".formatted(derivation, path, reason);
    }
  }

  /// An output whose fields say nothing that can be.
  record BadOutput(String derivation, String output, String reason) implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' has the bad output '%s': %s".formatted(derivation, output, reason);
    }
  }

  /// Each output may be, but not these together.
  record BadOutputs(String derivation, String reason) implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' has bad outputs: %s".formatted(derivation, reason);
    }
  }

  /// A name that gives no store path, or `.drv` at its end.
  record BadName(String derivation) implements DerivationProblem {
    @Override
    public String message() {
      return "'%s' is no name for a derivation: up to 207 letters, digits or +-._?=, no '.drv' at the end"
          .formatted(derivation);
    }
  }

  /// The derivation builds on an output that its input does not have.
  record NoSuchOutput(String derivation, String output) implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' has no output '%s', but another derivation builds on it"
          .formatted(derivation, output);
    }
  }

  /// A derivation that others build on is not there.
  record Missing(StorePath path) implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' is not in the store".formatted(path);
    }
  }

  /// A derivation that builds on itself, through others.
  record Cycle(StorePath path) implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' builds on itself".formatted(path);
    }
  }

  /// The path of an output is not the one that follows from the derivation.
  record IncorrectOutput(String derivation, String output, String path, StorePath expected)
      implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' has the incorrect path '%s' for its output '%s', should be '%s'"
          .formatted(derivation, path, output, expected);
    }
  }

  /// The variable named after an output does not hold its path.
  record IncorrectVariable(String derivation, String output, StorePath expected)
      implements DerivationProblem {
    @Override
    public String message() {
      return "derivation '%s' has an incorrect variable '%s', should be '%s'"
          .formatted(derivation, output, expected);
    }
  }
}
