package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/// The quality a package has to show, and where its build leaves the evidence.
///
/// @param tests globs of JUnit XML reports, below the build's source folder
/// @param coverage globs of JaCoCo XML reports, below the build's source folder
/// @param sources globs of folders with the sources that are measured
public record Gate(
    Stage stage, Mode mode, List<String> tests, List<String> coverage, List<String> sources) {
  /// Where a Maven project has its test reports.
  public static final List<String> MAVEN_TESTS =
      List.of("**/target/surefire-reports/TEST-*.xml", "**/target/failsafe-reports/TEST-*.xml");

  /// Where a Maven project has its coverage reports.
  public static final List<String> MAVEN_COVERAGE = List.of("**/target/site/jacoco/jacoco.xml");

  /// Where a Maven project has its sources.
  public static final List<String> MAVEN_SOURCES = List.of("**/src/main/java");

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

  /// Copies the lists.
  public Gate {
    requireNonNull(stage, "stage");
    requireNonNull(mode, "mode");
    tests = List.copyOf(tests);
    coverage = List.copyOf(coverage);
    sources = List.copyOf(sources);
  }
}
