package dev.synapse.gmp.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What changed since a commit, as the real git says it.
final class GitChangeTest {
  @TempDir private Path folder;

  private String git(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "user.name=n",
                "-c",
                "user.email=e@x",
                "-c",
                "init.defaultBranch=main"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out.strip();
  }

  private static boolean hasGit() {
    try {
      return new ProcessBuilder("git", "--version").start().waitFor() == 0;
    } catch (IOException | InterruptedException _) {
      return false;
    }
  }

  @BeforeEach
  void makeRepository() throws Exception {
    assumeTrue(hasGit(), "git is not installed");
    git("init", "-q");
    Files.writeString(folder.resolve("a.txt"), "1\n2\n3\n");
    Files.createDirectory(folder.resolve("sub"));
    Files.writeString(folder.resolve("sub/ü.txt"), "1\n");
    git("add", ".");
    git("commit", "-qm", "first");
  }

  @Test
  void theChangeGoesFromTheMergeBaseToTheWorkTree() throws Exception {
    String base = git("rev-parse", "HEAD");
    git("checkout", "-qb", "work");
    Files.writeString(folder.resolve("a.txt"), "1\ntwo\n3\n4\n");
    git("commit", "-qam", "work");
    git("checkout", "-q", "main");
    Files.writeString(folder.resolve("sub/ü.txt"), "of others\n");
    git("commit", "-qam", "others");
    git("checkout", "-q", "work");
    Files.writeString(folder.resolve("fresh.txt"), "1\n2");

    ChangedLines changed = GitChange.since(folder, "main");

    assertThat(changed.base()).contains(base);
    assertThat(changed.files()).containsExactly("a.txt", "fresh.txt");
    assertThat(changed.lines("a.txt")).containsExactly(2, 4);
    assertThat(changed.lines("fresh.txt")).containsExactly(1, 2);
    assertThat(GitChange.head(folder)).isEqualTo(git("rev-parse", "HEAD"));
  }

  @Test
  void pathsAreRelativeToTheFolderAndNamesAreWhatTheyAre() throws Exception {
    Files.writeString(folder.resolve("sub/ü.txt"), "1\n2\n");
    Files.writeString(folder.resolve("a.txt"), "changed\n");

    ChangedLines changed = GitChange.since(folder.resolve("sub"), "HEAD");

    assertThat(changed.files()).containsExactly("ü.txt");
    assertThat(changed.lines("ü.txt")).containsExactly(2);
  }

  @Test
  void settingsOfTheRepositoryChangeNothing() throws Exception {
    git("config", "diff.noprefix", "true");
    git("config", "color.diff", "always");
    git("config", "diff.external", "/bin/false");
    Files.writeString(folder.resolve("a.txt"), "1\n2\nthree\n");

    assertThat(GitChange.since(folder, "HEAD").lines("a.txt")).containsExactly(3);
  }

  @Test
  void whatCannotBeToldIsSaid() throws Exception {
    assertThatThrownBy(() -> GitChange.since(folder, "nowhere"))
        .hasMessage("there is no commit 'nowhere' here; fetch it first");
    assertThatThrownBy(() -> GitChange.since(folder, "--output=x"))
        .hasMessage("'--output=x' is no name of a commit");
    git("checkout", "-q", "--orphan", "other");
    git("commit", "-qm", "no parents");
    assertThatThrownBy(() -> GitChange.since(folder, "main"))
        .hasMessageContaining("'main' and HEAD have no commit in common");
  }

  @Test
  void outsideOfARepositoryThatIsSaid(@TempDir Path elsewhere) {
    assumeTrue(Files.notExists(elsewhere.resolve("../.git")), "the folder is in a repository");
    assertThatThrownBy(() -> GitChange.since(elsewhere, "main"))
        .hasMessageContaining("is in no git repository");
  }
}
