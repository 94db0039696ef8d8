package dev.synapse.build.plan;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.path.StorePath;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Where in the store everything lies that one package is built from.
///
/// @param source the source tree
/// @param toolchain the toolchain root
/// @param inputs inputs by their names in the manifest
/// @param mavenRepository the recorded repository, for a package that uses Maven
public record PlannedInputs(
    StorePath source,
    StorePath toolchain,
    Map<String, StorePath> inputs,
    Optional<StorePath> mavenRepository) {

  /// Copies the table.
  public PlannedInputs {
    requireNonNull(source, "source");
    requireNonNull(toolchain, "toolchain");
    requireNonNull(mavenRepository, "mavenRepository");
    inputs = Map.copyOf(new TreeMap<>(inputs));
  }
}
