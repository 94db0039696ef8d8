package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// Tools, permissions and an entry point as one thing to run.
///
/// @param permissions what it may do, at most [#MOST_PERMISSIONS]
/// @param run the script, below the manifest's folder
public record Runner(String name, String toolchain, Set<Permission> permissions, String run) {
  /// As many as one thing may hold.
  public static final int MOST_PERMISSIONS = 4;

  /// What a thing that runs may be allowed.
  public enum Permission {
    /// Read the work folder.
    READ,
    /// Write to the work folder.
    WRITE,
    /// Start the toolchain's programs.
    EXECUTE,
    /// Reach named hosts.
    NETWORK,
    /// Ask the pattern map.
    KNOWLEDGE,
    /// Ask other templates.
    ORCHESTRATE;

    /// The name in the manifest: `read`.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Refuses too many permissions.
  public Runner {
    requireNonNull(name, "name");
    requireNonNull(toolchain, "toolchain");
    requireNonNull(run, "run");
    EnumSet<Permission> inOrder = EnumSet.noneOf(Permission.class);
    inOrder.addAll(permissions);
    permissions = Collections.unmodifiableSet(inOrder);
    if (permissions.size() > MOST_PERMISSIONS) {
      throw new IllegalArgumentException("runner '" + name + "' has too many permissions");
    }
  }
}
