package dev.synapse.build.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestTemplateTest {
  @TempDir private Path folder;

  private void write(String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
  }

  private Manifest made() throws Exception {
    return Manifest.parse(ManifestTemplate.forProject(folder));
  }

  @Test
  void aMavenProjectGetsItsNameItsVersionAndARecording() throws Exception {
    write(
        "pom.xml",
        """
        <project><parent><artifactId>p</artifactId><version>9</version></parent>
        <artifactId>my.lib</artifactId><version>1.2-SNAPSHOT</version>
        <dependencies><dependency><artifactId>d</artifactId></dependency></dependencies></project>
        """);
    Manifest manifest = made();

    assertThat(manifest.project().name()).isEqualTo("my.lib");
    assertThat(manifest.project().version()).isEqualTo("1.2-SNAPSHOT");
    PackageSpec only = manifest.findPackage("my.lib").orElseThrow();
    assertThat(only.recipe().kind()).isEqualTo(Kind.MAVEN);
    assertThat(only.recipe().mavenGoals()).containsExactly("verify");
    assertThat(only.gate()).as("nothing measures coverage").isEmpty();
    assertThat(only.source()).isInstanceOf(Source.Globs.class);
  }

  @Test
  void aMavenProjectThatMeasuresGetsAGate() throws Exception {
    write("pom.xml", "<project><artifactId>a</artifactId><!-- jacoco --></project>");

    assertThat(made().findPackage("a").orElseThrow().gate()).isPresent();
  }

  @Test
  void aBrokenPomStillGivesAManifest() throws Exception {
    write("pom.xml", "<project><artifactId>a");

    assertThat(made().packages()).hasSize(1);
  }

  @Test
  void aPythonProjectRunsItsTests() throws Exception {
    write("pyproject.toml", "");
    write("Makefile", "");

    Recipe recipe = made().packages().firstEntry().getValue().recipe();
    assertThat(recipe.kind()).isEqualTo(Kind.PLAIN);
    assertThat(recipe.toolchain()).isEqualTo("python");
    assertThat(recipe.phases()).containsKeys(Phase.CHECK, Phase.INSTALL);
  }

  @Test
  void aMakefileGetsACompiler() throws Exception {
    write("Makefile", "");

    assertThat(Objects.requireNonNull(made().toolchains().get("c")).debian().packages())
        .contains("gcc", "make");
  }

  @Test
  void anUnknownProjectIsStillAValidManifest() throws Exception {
    assertThat(made().packages()).hasSize(1);
  }

  @Test
  void oddFolderNamesBecomeNames() throws Exception {
    for (String name : new String[] {"9 lives", "ünder", "a.b+c", "x.drv", "..."}) {
      Path project = Files.createDirectory(folder.resolve(name));

      assertThat(Manifest.parse(ManifestTemplate.forProject(project)).packages())
          .as(name)
          .hasSize(1);
    }
  }

  @Test
  void aRepositoryIsBuiltFromWhatGitTracks() throws Exception {
    Files.createDirectory(folder.resolve(".git"));
    Path project = Files.createDirectory(folder.resolve("below"));
    Files.writeString(project.resolve("Makefile"), "");

    assertThat(
            Manifest.parse(ManifestTemplate.forProject(project))
                .findPackage("below")
                .orElseThrow()
                .source())
        .isEqualTo(new Source.Git());
  }
}
