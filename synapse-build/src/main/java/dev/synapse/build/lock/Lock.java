package dev.synapse.build.lock;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a project's `synapse.lock` says: for each input and toolchain, and for each package that
/// uses Maven, exactly which bytes a build reads, and what the manifest asked for when that was
/// found out.
///
/// @param inputs by the input's name
/// @param toolchains by the toolchain's name
/// @param maven by the package's name
public record Lock(
    SortedMap<String, LockedInput> inputs,
    SortedMap<String, LockedToolchain> toolchains,
    SortedMap<String, LockedMaven> maven) {
  /// The name of the file.
  public static final String FILE_NAME = "synapse.lock";

  /// The version of the format, the only one there is.
  public static final int VERSION = 1;

  /// Copies the tables.
  public Lock {
    inputs = sorted(inputs);
    toolchains = sorted(toolchains);
    maven = sorted(maven);
  }

  /// A lock of nothing.
  public static Lock empty() {
    return new Lock(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  private static <V> SortedMap<String, V> sorted(Map<String, V> table) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(Map.copyOf(table)));
  }
}
