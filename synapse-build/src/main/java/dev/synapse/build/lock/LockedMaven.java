package dev.synapse.build.lock;

import java.util.List;

/// What Maven fetched for a package.
///
/// @param goals the recorded goals, as the manifest has them
/// @param files every file, sorted by repository and path
public record LockedMaven(List<String> goals, List<LockedFile> files) {

  /// Sorts the files.
  public LockedMaven {
    goals = List.copyOf(goals);
    files = files.stream().sorted().toList();
  }
}
