package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.List;

/// Which Debian packages a toolchain is made of; what they depend on comes with them.
///
/// @param suite `trixie`
/// @param packages names, without those they need
/// @param components parts of the archive to look in, `main` when the manifest names none
/// @param architecture Debian's name for the machine, `amd64` when the manifest names none, on
///   every host: the same manifest has one lock
public record Debian(
    String suite, List<String> packages, List<String> components, String architecture) {
  /// The components of a manifest that names none.
  public static final List<String> DEFAULT_COMPONENTS = List.of("main");

  /// The architecture of a manifest that names none.
  public static final String DEFAULT_ARCHITECTURE = "amd64";

  /// Refuses an empty list.
  public Debian {
    requireNonNull(suite, "suite");
    requireNonNull(architecture, "architecture");
    packages = List.copyOf(packages);
    components = List.copyOf(components);
    if (packages.isEmpty() || components.isEmpty()) {
      throw new IllegalArgumentException("no packages or no components of " + suite);
    }
  }
}
