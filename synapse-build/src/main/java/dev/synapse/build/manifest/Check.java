package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

/// A command that has to end well with a package that was built.
///
/// @param packageName the package whose outputs the command sees as `$out` and so on
/// @param run shell text
public record Check(String name, String packageName, String run) {

  /// Refuses null.
  public Check {
    requireNonNull(name, "name");
    requireNonNull(packageName, "packageName");
    requireNonNull(run, "run");
  }
}
