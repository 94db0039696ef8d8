package dev.synapse.build.lock;

import dev.synapse.build.maven.MavenArtifact;
import java.util.List;

/// What Maven fetched for a package.
///
/// @param goals the recorded goals, as the manifest has them
/// @param artifacts every file, in their own order
public record LockedMaven(List<String> goals, List<MavenArtifact> artifacts) {

  /// Sorts the artifacts.
  public LockedMaven {
    goals = List.copyOf(goals);
    artifacts = artifacts.stream().sorted().toList();
  }
}
