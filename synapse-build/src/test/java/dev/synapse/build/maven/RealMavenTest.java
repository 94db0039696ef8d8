package dev.synapse.build.maven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synapse.build.lock.LockedFile;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The installed Maven is recorded, with what this machine's local repository holds for upstream,
/// and builds again from the layout alone. Skipped where there is no Maven, or where that
/// repository lacks the plugins, as in a hermetic build.
@Tag("slow")
final class RealMavenTest {
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path temporary;
  private Path project;
  private ArtifactCache cache;
  private MavenRecording recording;

  @BeforeEach
  void writeProject() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "mvn"))),
        "no mvn on the path");
    project = Files.createDirectories(temporary.resolve("project"));
    Path sources = Files.createDirectories(project.resolve("src/main/java"));
    Files.writeString(sources.resolve("A.java"), "class A {}\n", UTF_8);
    cache = new ArtifactCache(temporary.resolve("cache"));
    Path local =
        Path.of(
            System.getProperty(
                "localRepository", System.getProperty("user.home") + "/.m2/repository"));
    recording = new MavenRecording(new FolderSource(local), cache);
  }

  @Test
  void whatWasRecordedIsEnoughToBuildOffline() throws Exception {
    writePom("");
    List<LockedFile> first = record();
    List<LockedFile> second = record();
    Path layout = temporary.resolve("layout");
    MavenRepositoryLayout.materialise(first, this::file, layout);
    Path compiled = project.resolve("target/classes/A.class");
    Files.delete(compiled);

    MavenRun.Outcome offline =
        maven(List.of("--offline", "--batch-mode", "-Dmaven.repo.local=" + layout));

    assertThat(offline.exitCode()).as(String.join("\n", offline.lastLines())).isZero();
    assertThat(compiled).exists();
    assertThat(first).isNotEmpty().isEqualTo(second);
    assertThat(first).extracting(LockedFile::path).noneMatch(path -> path.contains("metadata"));
  }

  @Test
  void aSnapshotAndARangeAreNamed() throws Exception {
    writePom(dependency("snap", "1-SNAPSHOT") + dependency("range", "[1,2)"));

    assertThat(problems())
        .contains(
            new MavenProblem.Snapshot("dev.synapse.absent", "snap", "1-SNAPSHOT"),
            new MavenProblem.UnpinnedDependency("dev.synapse.absent", "range"));
  }

  private List<MavenProblem> problems() throws Exception {
    try {
      record();
      return List.of();
    } catch (MavenException e) {
      return e.problems();
    }
  }

  private List<LockedFile> record() throws Exception {
    try {
      return recording.record(
          new MavenRecording.Request(
              List.of("compile"), temporary.resolve("run"), LOOPBACK, List.of()),
          (settings, _) -> {
            Path local = Files.createTempDirectory(temporary, "local");
            return maven(MavenOptions.recording(settings.toString(), local.toString(), 0));
          });
    } catch (MavenException e) {
      boolean lacks =
          e.problems().stream()
              .anyMatch(
                  problem ->
                      problem instanceof MavenProblem.Missing(_, var path)
                          && !path.startsWith("dev/synapse/absent"));
      return lacks ? abort("the local repository lacks plugins: " + e.getMessage()) : rethrow(e);
    }
  }

  private static List<LockedFile> rethrow(MavenException e) throws MavenException {
    throw e;
  }

  private MavenRun.Outcome maven(List<String> options) throws IOException, InterruptedException {
    Path log = temporary.resolve("maven.log");
    List<String> command = new ArrayList<>(List.of("mvn"));
    command.addAll(options);
    command.add("compile");
    ProcessBuilder maven =
        new ProcessBuilder(command)
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // A hermetic build around this test tells its own Maven to stay offline.
    maven.environment().remove("MAVEN_ARGS");
    Process process = maven.start();
    return new MavenRun.Outcome(process.waitFor(), Files.readAllLines(log, UTF_8));
  }

  private void writePom(String dependencies) throws IOException {
    Files.writeString(
        project.resolve("pom.xml"),
        """
        <project>
          <modelVersion>4.0.0</modelVersion>
          <groupId>t</groupId><artifactId>t</artifactId><version>1</version>
          <properties><maven.compiler.release>17</maven.compiler.release></properties>
          <dependencies>%s</dependencies>
          <build><plugins>%s%s</plugins></build>
        </project>
        """
            .formatted(
                dependencies, plugin("maven-resources-plugin"), plugin("maven-compiler-plugin")),
        UTF_8);
  }

  private static String dependency(String artifact, String version) {
    return "<dependency><groupId>dev.synapse.absent</groupId><artifactId>%s</artifactId><version>%s</version></dependency>"
        .formatted(artifact, version);
  }

  /// At the version that builds Synapse itself, which is why this machine has it.
  private static String plugin(String name) throws IOException {
    Matcher version =
        Pattern.compile("<artifactId>" + name + "</artifactId>\\s*<version>([^<]*)</version>")
            .matcher(Files.readString(Path.of("../pom.xml"), UTF_8));
    assertThat(version.find()).as("version of " + name + " in the parent POM").isTrue();
    return "<plugin><artifactId>%s</artifactId><version>%s</version></plugin>"
        .formatted(name, version.group(1));
  }

  private Path file(LockedFile artifact) throws IOException {
    return cache.find(artifact.sha256()).orElseThrow(() -> new IOException("absent")).file();
  }
}
