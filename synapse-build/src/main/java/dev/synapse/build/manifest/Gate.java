package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The quality a package has to show, and where its build leaves the evidence.
///
/// @param stage the stage's name: one of [Stage], or with a policy file any that it has
/// @param tests the JUnit XML reports
/// @param coverage the JaCoCo XML reports
/// @param sources the folders with the sources that are measured
/// @param release who releases what passes
/// @param files by what the build is judged besides
public record Gate(
    String stage,
    Mode mode,
    Reports tests,
    Reports coverage,
    Reports sources,
    Release release,
    Files files) {
  /// Where a Maven project has its test reports.
  public static final Reports MAVEN_TESTS =
      Reports.usual(
          "**/target/surefire-reports/TEST-*.xml", "**/target/failsafe-reports/TEST-*.xml");

  /// Where a Maven project has its coverage reports.
  public static final Reports MAVEN_COVERAGE = Reports.usual("**/target/site/jacoco/jacoco.xml");

  /// Where a Maven project has its sources.
  public static final Reports MAVEN_SOURCES = Reports.usual("**/src/main/java");

  /// Files of the project's folder that the judgement rests on. No build depends on them: when one
  /// changes, what is built is judged anew.
  ///
  /// @param policy limits in place of the built-in ones
  /// @param waivers signed deviations from the limits
  /// @param allowedSigners who may sign them; there when there are waivers
  /// @param mutations globs of the reports of a mutation tester
  public record Files(
      Optional<String> policy,
      List<String> waivers,
      Optional<String> allowedSigners,
      List<String> mutations) {
    /// The built-in limits, and nothing else.
    public static final Files NONE =
        new Files(Optional.empty(), List.of(), Optional.empty(), List.of());

    /// Copies the lists.
    public Files {
      requireNonNull(policy, "policy");
      waivers = List.copyOf(waivers);
      requireNonNull(allowedSigners, "allowedSigners");
      mutations = List.copyOf(mutations);
    }
  }

  /// Which files, or folders, are looked at.
  ///
  /// @param patterns globs, below the build's source folder
  /// @param each whether every pattern has to match, as those that a manifest writes have to; of
  ///   the usual places of a kind of project one is enough
  public record Reports(List<String> patterns, boolean each) {
    /// Copies the list.
    public Reports {
      patterns = List.copyOf(patterns);
    }

    /// What a manifest asks for.
    public static Reports each(List<String> patterns) {
      return new Reports(patterns, true);
    }

    private static Reports usual(String... patterns) {
      return new Reports(List.of(patterns), false);
    }
  }

  /// How far the project is; each has its own thresholds.
  public enum Stage {
    /// The first steps.
    BOOTSTRAP,
    /// Growing.
    GROWTH,
    /// Settling.
    STABILIZE,
    /// Settled.
    STRICT;

    /// The name in the manifest: `bootstrap`.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What a threshold that is not met leads to.
  public enum Mode {
    /// A deviation that is written down.
    WARN,
    /// Rejection.
    STRICT;

    /// The name in the manifest: `warn`.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Who releases what the gate lets pass.
  public enum Release {
    /// The gate itself.
    GATE,
    /// A person who did not build it.
    PERSON
  }

  /// Refuses null.
  public Gate {
    requireNonNull(stage, "stage");
    requireNonNull(mode, "mode");
    requireNonNull(tests, "tests");
    requireNonNull(coverage, "coverage");
    requireNonNull(sources, "sources");
    requireNonNull(release, "release");
    requireNonNull(files, "files");
  }
}
