package dev.synapse.build.maven;

import java.time.Instant;
import java.util.List;

/// What Maven is told on its command line, on top of the goals.
///
/// From version 3.9 it takes them from the variable `MAVEN_ARGS` as well, joined with spaces, so
/// that a phase need only say `mvn package`. The project's own `.mvn/maven.config` and
/// `.mvn/jvm.config` keep working: Maven reads them itself, and where both set a thing, these
/// options win.
public final class MavenOptions {
  /// Failing tests are counted in their reports, and do not end the run.
  public static final String KEEP_GOING = "-Dmaven.test.failure.ignore=true";

  /// The earliest time that plugins accept for an archive's entries: zip knows none before.
  private static final Instant EARLIEST = Instant.parse("1980-01-01T00:00:02Z");

  private static final Instant LATEST = Instant.parse("2099-12-31T23:59:59Z");

  private MavenOptions() {}

  /// For `synapse lock`: everything comes through the mirror of the settings.
  ///
  /// @param localRepository a folder that is empty or not there, so that nothing is left out
  public static List<String> recording(String settings, String localRepository, long sourceDate) {
    return List.of(
        "--batch-mode",
        "--no-transfer-progress",
        "--settings=" + settings,
        "-Dmaven.repo.local=" + localRepository,
        KEEP_GOING,
        outputTimestamp(sourceDate));
  }

  /// For a build: everything is in the tree of recorded files, which Maven 3.9 reads where it is,
  /// as the tail of an empty local repository. Before 3.9 there is no tail: a farm of symbolic
  /// links (`cp -rs`) as the local repository serves.
  ///
  /// @param localRepository a writable folder, empty or not there
  /// @param mavenRepository what [MavenRepositoryLayout] made, read-only
  public static List<String> offline(
      String localRepository, String mavenRepository, long sourceDate) {
    return List.of(
        "--offline",
        "--batch-mode",
        "-Dmaven.repo.local=" + localRepository,
        "-Dmaven.repo.local.tail=" + mavenRepository,
        "-Dmaven.repo.local.tail.ignoreAvailability=true",
        outputTimestamp(sourceDate));
  }

  /// `-Dproject.build.outputTimestamp=…` of a time in seconds since 1970, moved into the range that
  /// archives can hold. It wins over what the POM says.
  public static String outputTimestamp(long sourceDate) {
    Instant time = Instant.ofEpochSecond(sourceDate);
    Instant kept = time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
    return "-Dproject.build.outputTimestamp=" + kept;
  }
}
