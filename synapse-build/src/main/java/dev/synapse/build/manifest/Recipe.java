package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// How a package is built.
///
/// @param toolchain name of the toolchain
/// @param inputs names of the inputs, each visible in the build as [Input#variable()]
/// @param mavenGoals the goals whose downloads are recorded, none for what does not use Maven
/// @param phases the shell text of the phases that the manifest sets; an empty text is a phase that
///   does nothing
public record Recipe(
    Kind kind,
    String toolchain,
    List<String> inputs,
    List<String> mavenGoals,
    SequencedMap<String, String> env,
    Map<Phase, String> phases) {

  /// Copies lists and tables.
  public Recipe {
    requireNonNull(kind, "kind");
    requireNonNull(toolchain, "toolchain");
    inputs = List.copyOf(inputs);
    mavenGoals = List.copyOf(mavenGoals);
    env = Tables.copyOf(env);
    Map<Phase, String> inOrder = new EnumMap<>(Phase.class);
    inOrder.putAll(phases);
    phases = Collections.unmodifiableMap(inOrder);
  }
}
