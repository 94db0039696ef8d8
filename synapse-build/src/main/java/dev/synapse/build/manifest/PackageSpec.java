package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/// One thing to build.
///
/// @param aliases other names for the same package
/// @param outputs names of what it makes, at least `out`; `report` is among them when there is a
///   gate
/// @param gate the quality it has to show, where the manifest asks for any
public record PackageSpec(
    String name,
    List<String> aliases,
    Source source,
    Recipe recipe,
    List<String> outputs,
    Limits limits,
    Optional<Gate> gate) {

  /// Refuses a package without outputs.
  public PackageSpec {
    requireNonNull(name, "name");
    requireNonNull(source, "source");
    requireNonNull(recipe, "recipe");
    requireNonNull(limits, "limits");
    requireNonNull(gate, "gate");
    aliases = List.copyOf(aliases);
    outputs = List.copyOf(outputs);
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("package '" + name + "' has no outputs");
    }
  }
}
