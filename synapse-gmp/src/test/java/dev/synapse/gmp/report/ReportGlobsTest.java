package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Patterns find files and folders below a project's folder, each once.
final class ReportGlobsTest {
  @TempDir Path folder;
  private ReportGlobs globs;

  @BeforeEach
  void makeFiles() throws Exception {
    globs = new ReportGlobs(folder);
    for (String file :
        List.of(
            "a/target/TEST-1.xml",
            "b/target/TEST-2.xml",
            "b/target/other[1].xml",
            "b/src/main/java/B.java",
            "b/src/main/java/src/main/java/Inner.java",
            ".hidden/src/main/java/H.java",
            "a/src/main/java/A.java")) {
      Path path = folder.resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, "x");
    }
  }

  private List<String> files(String... patterns) throws Exception {
    return relative(globs.files(List.of(patterns)));
  }

  private List<String> folders(String... patterns) throws Exception {
    return relative(globs.folders(List.of(patterns)));
  }

  private List<String> relative(List<Path> paths) {
    return paths.stream().map(path -> folder.relativize(path).toString()).toList();
  }

  @Test
  void aFileThatTwoPatternsMatchIsThereOnce() throws Exception {
    assertThat(files("b/target/TEST-2.xml", "**/TEST-*.xml"))
        .containsExactly("a/target/TEST-1.xml", "b/target/TEST-2.xml");
    assertThatCode(globs::requireAll).doesNotThrowAnyException();
  }

  @Test
  void bracketsHoldASetOfCharactersAndABackslashTakesTheirMeaning() throws Exception {
    assertThat(files("[!b]/**/*.xml")).containsExactly("a/target/TEST-1.xml");
    assertThat(files("[ac]/target/TEST-?.xml")).containsExactly("a/target/TEST-1.xml");
    assertThat(files("b/target/other\\[1\\].xml")).containsExactly("b/target/other[1].xml");
    assertThat(files("b/target/other[1.xml", "b/target/other[1].xml")).isEmpty();
    assertThat(files("b/target/*[^2-9].xml")).containsExactly("b/target/other[1].xml");
  }

  @Test
  void aFolderWithinAnotherThatMatchesIsPartOfIt() throws Exception {
    assertThat(folders("**/src/main/java")).containsExactly("a/src/main/java", "b/src/main/java");
    assertThat(folders("b/src", "b/src/main/java/")).containsExactly("b/src");
  }

  @Test
  void aDotIsTheFolderItself() throws Exception {
    assertThat(globs.folders(List.of("a", "."))).containsExactly(folder);
    assertThat(globs.folders(List.of("./"))).containsExactly(folder);
  }

  @Test
  void everyPatternThatIsNoneOrMatchesNothingIsAProblem() throws Exception {
    assertThat(files("nothing/*.xml", "/etc/*.xml")).isEmpty();
    assertThat(folders("src", "../up", "a")).containsExactly("a");

    ReportException thrown = catchThrowableOfType(ReportException.class, globs::requireAll);

    assertThat(thrown.problems())
        .containsExactly(
            new ReportProblem.NoFile("nothing/*.xml"),
            new ReportProblem.BadPattern("/etc/*.xml"),
            new ReportProblem.NoFile("src"),
            new ReportProblem.BadPattern("../up"));
  }
}
