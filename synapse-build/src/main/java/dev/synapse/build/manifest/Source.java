package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// Which files a package is built from.
public sealed interface Source {
  /// The files of the manifest's folder that git tracks, as they lie in the work tree.
  record Git() implements Source {}

  /// The files of the manifest's folder whose paths match one of `include` and none of `exclude`.
  record Globs(List<String> include, List<String> exclude) implements Source {

    /// Refuses an empty `include`.
    public Globs {
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
      if (include.isEmpty()) {
        throw new IllegalArgumentException("no glob to include");
      }
    }
  }

  /// What an input holds: a package from a source archive.
  ///
  /// @param input the input's name
  record FromInput(String input) implements Source {

    /// Refuses null.
    public FromInput {
      requireNonNull(input, "input");
    }
  }
}
