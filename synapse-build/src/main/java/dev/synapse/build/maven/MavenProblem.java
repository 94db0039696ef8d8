package dev.synapse.build.maven;

import dev.synapse.store.hash.Hash;
import java.util.List;

/// What can be wrong with Maven coordinates, or with what a build asked of a Maven repository.
public sealed interface MavenProblem {
  /// One line: what, where, what to do.
  String message();

  /// Coordinates with a version that is another one every day.
  record MovingVersion(String coordinates) implements MavenProblem {
    @Override
    public String message() {
      return "'%s' does not name one version: write one, or a pattern like 3.9.x"
          .formatted(coordinates);
    }
  }

  /// The repository's list of versions holds no stable release that the pattern admits.
  record NoMatchingRelease(String artifact, String pattern) implements MavenProblem {
    @Override
    public String message() {
      return "'%s' has no stable release that matches '%s'".formatted(artifact, pattern);
    }
  }

  /// The repository's list of versions can't be read.
  record BadMetadata(String artifact, String reason) implements MavenProblem {
    @Override
    public String message() {
      return "list of versions of '%s' can't be read: %s".formatted(artifact, reason);
    }
  }

  /// A goal was named by a prefix that no plugin of the project has.
  record UnknownPrefix(String group) implements MavenProblem {
    @Override
    public String message() {
      return "a goal's prefix was looked up in group '%s': name the goal as group:artifact:version:goal, or add the plugin with its version to the POM"
          .formatted(group);
    }
  }

  /// A plugin is used without a version.
  record UnpinnedPlugin(String group, String artifact) implements MavenProblem {
    @Override
    public String message() {
      return "plugin '%s:%s' has no fixed version: pin the version of the plugin in the POM"
          .formatted(group, artifact);
    }
  }

  /// A dependency's version is a range, `LATEST` or `RELEASE`.
  record UnpinnedDependency(String group, String artifact) implements MavenProblem {
    @Override
    public String message() {
      return "'%s:%s' is asked for with a version range, LATEST or RELEASE: pin its version in the POM (dependencyManagement for one that comes with another)"
          .formatted(group, artifact);
    }
  }

  /// A snapshot: another file under the same name every day.
  record Snapshot(String group, String artifact, String version) implements MavenProblem {
    @Override
    public String message() {
      return "'%s:%s:%s' is a snapshot, which no lock can hold: use a release"
          .formatted(group, artifact, version);
    }
  }

  /// The file is in none of the repository's places.
  record Missing(String repository, String path) implements MavenProblem {
    @Override
    public String message() {
      return "'%s' is not in repository '%s'"
          .formatted(MavenPath.parse(path).map(MavenPath::toString).orElse(path), repository);
    }
  }

  /// The repository could not be asked.
  record Unreachable(String repository, String path, String reason) implements MavenProblem {
    @Override
    public String message() {
      return "'%s' could not be fetched from repository '%s': %s"
          .formatted(path, repository, reason);
    }
  }

  /// The repository now serves other bytes than those locked.
  record ContentChanged(String repository, String path, Hash locked, Hash actual)
      implements MavenProblem {
    @Override
    public String message() {
      return "'%s' of repository '%s' has hash %s, locked is %s: if it changed on purpose, run 'synapse lock --update'"
          .formatted(path, repository, actual, locked);
    }
  }

  /// Maven gave up; the last lines of its log say why.
  record GoalsFailed(List<String> goals, int exitCode, List<String> lastLines)
      implements MavenProblem {
    public GoalsFailed {
      goals = List.copyOf(goals);
      lastLines = List.copyOf(lastLines);
    }

    @Override
    public String message() {
      return "'mvn %s' failed with code %d while recording what it reads"
          .formatted(String.join(" ", goals), exitCode);
    }
  }
}
