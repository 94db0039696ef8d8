package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// What the project is.
///
/// @param version may be empty: then packages have a name without version
/// @param sourceDate seconds since 1970: what every time stamp in an output becomes
public record Project(
    String name,
    String version,
    Optional<String> description,
    Optional<String> license,
    long sourceDate) {

  /// Refuses a date before 1970.
  public Project {
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(description, "description");
    requireNonNull(license, "license");
    if (sourceDate < 0) {
      throw new IllegalArgumentException("source date " + sourceDate);
    }
  }
}
