package dev.synapse.build.manifest;

import java.util.Locale;

/// The steps of a build, in their order.
public enum Phase {
  /// Makes a writable copy of the source.
  UNPACK,
  /// Changes the source.
  PATCH,
  /// Prepares the build.
  CONFIGURE,
  /// Makes what is to be installed.
  BUILD,
  /// Runs the tests.
  CHECK,
  /// Writes the outputs.
  INSTALL,
  /// Changes what was installed.
  FIXUP;

  /// The name in the manifest: `unpack`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
