package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// An environment to work in.
///
/// @param packages packages whose programs are found in it
/// @param hook shell text run when it starts; may be empty
public record Shell(String name, String toolchain, List<String> packages, String hook) {

  /// Copies the list.
  public Shell {
    requireNonNull(name, "name");
    requireNonNull(toolchain, "toolchain");
    requireNonNull(hook, "hook");
    packages = List.copyOf(packages);
  }
}
