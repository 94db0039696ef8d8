package dev.synapse.build.maven;

import java.time.Instant;
import java.util.List;

/// What Maven is told on its command line, on top of the goals.
///
/// Options of the project's own `.mvn/maven.config` and `.mvn/jvm.config` keep working: Maven reads
/// them itself, and those here win. They fit in `MAVEN_ARGS` (Maven 3.9), joined with spaces.
public final class MavenOptions {
  /// The earliest time that plugins accept for an archive's entries: zip knows none before.
  private static final Instant EARLIEST = Instant.parse("1980-01-01T00:00:02Z");

  private static final Instant LATEST = Instant.parse("2099-12-31T23:59:59Z");

  private MavenOptions() {}

  /// For `synapse lock`: everything is fetched anew through the settings' mirror, and failing tests
  /// do not keep the rest from being recorded.
  public static List<String> recording(
      String settings, String localRepository, String home, long sourceDate) {
    return List.of(
        "--batch-mode",
        "--no-transfer-progress",
        "--settings=" + settings,
        "-Dmaven.repo.local=" + localRepository,
        "-Duser.home=" + home,
        "-Dmaven.test.failure.ignore=true",
        outputTimestamp(sourceDate));
  }

  /// `-Dproject.build.outputTimestamp=…` of a time in seconds since 1970, moved into the range that
  /// archives can hold.
  public static String outputTimestamp(long sourceDate) {
    Instant time = Instant.ofEpochSecond(sourceDate);
    Instant kept = time.isBefore(EARLIEST) ? EARLIEST : time.isAfter(LATEST) ? LATEST : time;
    return "-Dproject.build.outputTimestamp=" + kept;
  }
}
