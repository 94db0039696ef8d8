package dev.synapse.build.maven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.build.lock.LockedFile;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLConnection;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The run is a client that reads the settings as Maven does and fetches what it is told.
final class MavenRecordingTest {
  private static final Pattern MIRROR =
      Pattern.compile("<mirrorOf>\\*</mirrorOf>\\s*<url>([^<]*)</url>");
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path temporary;
  private FolderSource upstream;
  private MavenRecording recording;

  @BeforeEach
  void fill() throws IOException {
    upstream = new FolderSource(temporary.resolve("upstream"));
    upstream.put("g/a/1/a-1.jar", "jar");
    upstream.put("g/a/1/a-1.pom", "pom");
    upstream.put("g/r/maven-metadata.xml", "<metadata/>");
    upstream.put("g/later/maven-metadata.xml", "<metadata/>");
    recording = new MavenRecording(upstream, new ArtifactCache(temporary.resolve("cache")));
  }

  @Test
  void listsWhatARunReadTheSameWhateverTheOrder() throws Exception {
    List<LockedFile> first =
        recording.record(request(LOOPBACK), run("g/a/1/a-1.pom", "g/a/1/a-1.jar"));
    List<LockedFile> second =
        recording.record(request(LOOPBACK), run("g/a/1/a-1.jar", "g/a/1/a-1.pom"));

    assertThat(first)
        .containsExactly(artifact("g/a/1/a-1.jar", "jar"), artifact("g/a/1/a-1.pom", "pom"))
        .isEqualTo(second);
  }

  @Test
  void aRunThatEndsWellMayHaveAskedForWhatIsNotThere() throws Exception {
    List<LockedFile> found =
        recording.record(
            request(LOOPBACK),
            (settings, _) -> {
              fetch(settings, "g/no/1/no-1.jar");
              fetch(settings, "g/r/maven-metadata.xml");
              fetch(settings, "g/a/1/a-1.jar");
              return new MavenRun.Outcome(0, List.of());
            });

    assertThat(found).containsExactly(artifact("g/a/1/a-1.jar", "jar"));
  }

  @Test
  void namesEverythingThatHasNoFixedVersionThoughTheRunStopsAtTheFirst() {
    MavenException thrown =
        catchThrowableOfType(
            MavenException.class,
            () ->
                recording.record(
                    request(LOOPBACK),
                    run("g/r/maven-metadata.xml", "g/later/maven-metadata.xml")));

    assertThat(thrown.problems())
        .containsExactly(
            new MavenProblem.UnpinnedDependency("g", "r"),
            new MavenProblem.UnpinnedDependency("g", "later"),
            new MavenProblem.GoalsFailed(List.of("verify"), 1, List.of("can't go on")));
  }

  @Test
  void aFailedRunShowsItsLastLinesAndWhatItMissed() {
    MavenException thrown =
        catchThrowableOfType(
            MavenException.class,
            () -> recording.record(request(LOOPBACK), run("g/a/1/a-1.jar", "g/no/1/no-1.jar")));

    assertThat(thrown.problems())
        .containsExactly(
            new MavenProblem.Missing("central", "g/no/1/no-1.jar"),
            new MavenProblem.GoalsFailed(List.of("verify"), 1, List.of("can't go on")));
  }

  @Test
  void aFileThatCouldNotBeFetchedSpoilsARunThatEndedWell() {
    upstream.breakDown("g/a/1/a-1.jar");

    MavenException thrown =
        catchThrowableOfType(
            MavenException.class,
            () ->
                recording.record(
                    request(LOOPBACK),
                    (settings, _) -> {
                      fetch(settings, "g/a/1/a-1.jar");
                      return new MavenRun.Outcome(0, List.of());
                    }));

    assertThat(thrown.problems())
        .containsExactly(
            new MavenProblem.Unreachable("central", "g/a/1/a-1.jar", "connection reset"));
  }

  @Test
  void behindAUnixSocketTheSettingsNameThePortOfTheSandbox() throws Exception {
    SocketAddress socket = UnixDomainSocketAddress.of(temporary.resolve("p.sock"));
    List<SocketAddress> seen = new ArrayList<>();

    recording.record(
        request(socket),
        (settings, proxy) -> {
          seen.add(proxy);
          assertThat(Files.readString(settings))
              .contains("<url>http://127.0.0.1:" + MavenRecording.SANDBOX_PORT + "/central</url>");
          return new MavenRun.Outcome(0, List.of());
        });

    assertThat(seen).containsExactly(socket);
  }

  /// Fetches one after the other, and stops with code 1 at the first it does not get.
  private static MavenRun run(String... paths) {
    return (settings, _) -> {
      for (String path : paths) {
        if (!fetch(settings, path)) {
          return new MavenRun.Outcome(1, List.of("can't go on"));
        }
      }
      return new MavenRun.Outcome(0, List.of());
    };
  }

  private static boolean fetch(Path settings, String path) throws IOException {
    Matcher mirror = MIRROR.matcher(Files.readString(settings));
    assertThat(mirror.find()).isTrue();
    URLConnection connection = URI.create(mirror.group(1) + "/" + path).toURL().openConnection();
    try (InputStream in = connection.getInputStream()) {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private MavenRecording.Request request(SocketAddress address) {
    return new MavenRecording.Request(
        List.of("verify"), temporary.resolve("run"), address, List.of());
  }

  private static LockedFile artifact(String path, String content) {
    byte[] bytes = content.getBytes(UTF_8);
    return new LockedFile("central", path, Hash.of(HashAlgorithm.SHA256, bytes), bytes.length);
  }
}
