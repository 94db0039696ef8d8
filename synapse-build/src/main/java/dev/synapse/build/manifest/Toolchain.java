package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.SequencedMap;

/// The programs a build can call: a file system root made of Debian packages.
///
/// @param env variables that every build with this toolchain gets
/// @param links symbolic links to add to the root: absolute place, and what it points to
public record Toolchain(
    String name,
    Debian debian,
    SequencedMap<String, String> env,
    SequencedMap<String, String> links) {

  /// Copies the tables.
  public Toolchain {
    requireNonNull(name, "name");
    requireNonNull(debian, "debian");
    env = Tables.copyOf(env);
    links = Tables.copyOf(links);
  }
}
