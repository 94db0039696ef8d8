package dev.synapse.build.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CoordinatesTest {
  @ParameterizedTest
  @CsvSource({
    "org.ow2.asm:asm:9.8, org/ow2/asm/asm/9.8/asm-9.8.jar",
    "a:b:1:pom, a/b/1/b-1.pom",
    "org.apache.maven:apache-maven:3.9.16:tar.gz:bin,"
        + " org/apache/maven/apache-maven/3.9.16/apache-maven-3.9.16-bin.tar.gz",
    "com.google.guava:guava:33.4.0-jre, com/google/guava/guava/33.4.0-jre/guava-33.4.0-jre.jar",
    "g:a:1.0+build, g/a/1.0+build/a-1.0+build.jar",
  })
  void namesAFileOfTheRepository(String text, String path) throws Exception {
    assertThat(Coordinates.parse(text).path()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a:b",
        "a:b:1:jar:c:d",
        "a::1",
        "a:b:[1,2)",
        "a:b:(,1]",
        "a:b:1,2",
        "a:b:LATEST",
        "a:b:RELEASE",
        "a:b:1-SNAPSHOT",
        "a:b:1-snapshot",
        "a:b:x",
        "a:b:1.beta.x",
        "a:b:1.x.x",
        "../a:b:1",
        "a..b:b:1",
        "a:..:1",
        "a/b:c:1",
        "a:b:1:",
        "a:b:1:jar:",
        "a:b: 1",
        "a:b:1\n",
        "ä:b:1",
      })
  void refusesWhatIsNotOneFixedFile(String text) {
    MavenException thrown =
        catchThrowableOfType(MavenException.class, () -> Coordinates.parse(text));

    assertThat(thrown.problems())
        .singleElement()
        .isInstanceOfSatisfying(
            MavenProblem.BadCoordinates.class,
            problem -> assertThat(problem.text()).isEqualTo(text));
  }

  @Test
  void aWildcardIsAPatternUntilItsVersionIsFound() throws Exception {
    Coordinates pattern = Coordinates.parse("org.apache.maven:apache-maven:3.9.x:tar.gz:bin");

    assertThat(pattern.isPattern()).isTrue();
    assertThat(pattern.metadataPath()).isEqualTo("org/apache/maven/apache-maven/maven-metadata.xml");
    assertThat(pattern.withVersion("3.9.9"))
        .isEqualTo(Coordinates.parse("org.apache.maven:apache-maven:3.9.9:tar.gz:bin"));
  }

  @Test
  void saysInOneLineWhatToDo() {
    MavenException thrown =
        catchThrowableOfType(MavenException.class, () -> Coordinates.parse("a:b:[1,2)"));

    assertThat(thrown)
        .hasMessage(
            "'a:b:[1,2)' is not the coordinates of a Maven artifact: version '[1,2)' is a range;"
                + " name one, or a pattern like 3.9.x");
  }
}
