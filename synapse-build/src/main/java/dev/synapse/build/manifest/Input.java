package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.hash.Hash;
import java.util.List;
import java.util.Optional;

/// Something from outside that a build reads: fetched once, known by its hash.
public sealed interface Input {
  /// The name in the manifest; [#variableOf] says under which variable a build sees it.
  String name();

  /// Whether the archive is unpacked; otherwise the build sees the file as it was fetched.
  boolean unpack();

  /// A file at addresses that the user wrote.
  ///
  /// @param urls where it can be had, tried in this order; at least one
  /// @param sha256 what the file's SHA-256 has to be, where the manifest says so
  record Url(String name, List<String> urls, Optional<Hash> sha256, boolean unpack)
      implements Input {

    /// Refuses an input without address.
    public Url {
      requireNonNull(name, "name");
      requireNonNull(sha256, "sha256");
      urls = List.copyOf(urls);
      if (urls.isEmpty()) {
        throw new IllegalArgumentException("input '" + name + "' has no url");
      }
    }
  }

  /// A file of a Maven repository.
  record Artifact(String name, Coordinates coordinates, boolean unpack) implements Input {

    /// Refuses null.
    public Artifact {
      requireNonNull(name, "name");
      requireNonNull(coordinates, "coordinates");
    }
  }

  /// The shell variable that holds the input's path in a build: the name, with `_` for whatever
  /// cannot stand in a variable's name, `commons_csv` for `commons-csv`.
  default String variable() {
    return variableOf(name());
  }

  /// The shell variable for the input named `name`.
  static String variableOf(String name) {
    return name.replaceAll("[^A-Za-z0-9_]", "_");
  }
}
