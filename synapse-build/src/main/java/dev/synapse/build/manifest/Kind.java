package dev.synapse.build.manifest;

import java.util.Locale;

/// What the phases do that the manifest does not set.
public enum Kind {
  /// What a Maven project wants.
  MAVEN,
  /// `configure` and `make`, where they are there.
  PLAIN;

  /// The name in the manifest: `maven`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
