package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.SequencedMap;

/// What a project's `synapse.toml` says. Tables are in the order of the file, each by its name.
public record Manifest(
    Project project,
    SequencedMap<String, Toolchain> toolchains,
    SequencedMap<String, Input> inputs,
    SequencedMap<String, PackageSpec> packages,
    SequencedMap<String, Check> checks,
    SequencedMap<String, Shell> shells,
    SequencedMap<String, Runner> runners) {
  /// The name of the file.
  public static final String FILE_NAME = "synapse.toml";

  /// Copies the tables.
  public Manifest {
    requireNonNull(project, "project");
    toolchains = Tables.copyOf(toolchains);
    inputs = Tables.copyOf(inputs);
    packages = Tables.copyOf(packages);
    checks = Tables.copyOf(checks);
    shells = Tables.copyOf(shells);
    runners = Tables.copyOf(runners);
  }

  /// The package that has this name or alias.
  public Optional<PackageSpec> findPackage(String name) {
    return packages.values().stream()
        .filter(candidate -> candidate.name().equals(name) || candidate.aliases().contains(name))
        .findFirst();
  }

  /// The toolchain of a package of this manifest.
  public Toolchain toolchainOf(PackageSpec wanted) {
    return requireNonNull(toolchains.get(wanted.recipe().toolchain()), "toolchain");
  }
}
