package dev.synapse.build.maven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.build.manifest.Coordinates;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MavenVersionsTest {
  @TempDir Path temporary;

  private static final MavenVersions MAVEN =
      new MavenVersions(
          "org.apache.maven:apache-maven",
          List.of("3.9.9", "3.10.0", "3.9.16", "3.9.10", "4.0.0-rc-4", "3.9.17-beta-1", "3.99.1"));

  @ParameterizedTest
  @CsvSource({"3.9.x, 3.9.16", "3.x, 3.99.1", "3.10.x, 3.10.0", "3.99.x, 3.99.1"})
  void choosesTheNewestStableReleaseByNumber(String pattern, String version) throws Exception {
    assertThat(MAVEN.newest(pattern)).isEqualTo(version);
  }

  @Test
  void neverChoosesAPreview() {
    MavenException thrown = catchThrowableOfType(MavenException.class, () -> MAVEN.newest("4.0.x"));

    assertThat(thrown.problems())
        .containsExactly(
            new MavenProblem.NoMatchingRelease("org.apache.maven:apache-maven", "4.0.x"));
  }

  @Test
  void readsTheListAndNothingElse() throws Exception {
    MavenVersions read =
        read(
            """
            <?xml version="1.0"?>
            <metadata><groupId>g</groupId><version>9</version>
              <versioning><latest>3</latest><release>3</release>
                <versions><version> 1.0 </version><version>2.0</version></versions>
              </versioning>
            </metadata>
            """);

    assertThat(read.versions()).containsExactly("1.0", "2.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not xml",
        "<metadata><versioning>",
        "<!DOCTYPE m [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><metadata><versioning><versions>"
            + "<version>&e;</version></versions></versioning></metadata>",
      })
  void refusesWhatIsNotMetadata(String text) {
    MavenException thrown = catchThrowableOfType(MavenException.class, () -> read(text));

    assertThat(thrown.problems()).singleElement().isInstanceOf(MavenProblem.BadMetadata.class);
    assertThat(thrown).message().doesNotContain("\n");
  }

  @Test
  void fixesAPatternAndLeavesAFixedVersionAlone() throws Exception {
    FolderSource source = new FolderSource(temporary);
    source.put(
        "g/h/a/maven-metadata.xml",
        "<metadata><versioning><versions><version>1.2</version><version>1.10</version></versions>"
            + "</versioning></metadata>");

    assertThat(MavenVersions.resolve(coordinates("1.x"), "central", source))
        .isEqualTo(coordinates("1.10"));
    assertThat(MavenVersions.resolve(coordinates("1.2-jre"), "central", source))
        .isEqualTo(coordinates("1.2-jre"));
    assertThat(source.timesAsked("g/h/a/maven-metadata.xml")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LATEST", "RELEASE", "1-SNAPSHOT"})
  void refusesAVersionThatMoves(String version) {
    MavenException thrown =
        catchThrowableOfType(
            MavenException.class,
            () ->
                MavenVersions.resolve(
                    coordinates(version), "central", new FolderSource(temporary)));

    assertThat(thrown.problems())
        .containsExactly(new MavenProblem.MovingVersion("g.h:a:" + version + ":tar.gz:bin"));
  }

  private static Coordinates coordinates(String version) {
    return new Coordinates("g.h", "a", version, "tar.gz", "bin");
  }

  private static MavenVersions read(String text) throws Exception {
    return MavenVersions.read("g:a", new ByteArrayInputStream(text.getBytes(UTF_8)));
  }
}
