package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/// The quality a package has to show, and where its build leaves the evidence.
///
/// @param tests the JUnit XML reports
/// @param coverage the JaCoCo XML reports
/// @param sources globs of folders with the sources that are measured
/// @param release who releases what passes
public record Gate(
    Stage stage,
    Mode mode,
    Reports tests,
    Reports coverage,
    List<String> sources,
    Release release) {
  /// Where a Maven project has its test reports.
  public static final Reports MAVEN_TESTS =
      Reports.usual(
          "**/target/surefire-reports/TEST-*.xml", "**/target/failsafe-reports/TEST-*.xml");

  /// Where a Maven project has its coverage reports.
  public static final Reports MAVEN_COVERAGE = Reports.usual("**/target/site/jacoco/jacoco.xml");

  /// Where a Maven project has its sources.
  public static final List<String> MAVEN_SOURCES = List.of("**/src/main/java");

  /// Which files are reports.
  ///
  /// @param patterns globs, below the build's source folder
  /// @param each whether every pattern has to match a file, as those that a manifest writes have
  ///   to; of the usual places of a kind of project one is enough
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

  /// Copies the lists.
  public Gate {
    requireNonNull(stage, "stage");
    requireNonNull(mode, "mode");
    requireNonNull(tests, "tests");
    requireNonNull(coverage, "coverage");
    sources = List.copyOf(sources);
    requireNonNull(release, "release");
  }
}
