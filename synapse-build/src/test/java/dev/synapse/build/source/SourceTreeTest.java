package dev.synapse.build.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.nar.Nar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SourceTreeTest {
  private static final int SOMEBODY = 12_345;

  @TempDir private Path folder;

  private void write(String file, String content) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }

  private void git(String... arguments) throws Exception {
    git(folder, arguments);
  }

  private static void git(Path in, String... arguments) throws Exception {
    Assumptions.assumeTrue(hasGit(), "git is not installed");
    var command = Stream.concat(Stream.of("git"), Arrays.stream(arguments)).toList();
    var builder = new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }

  private static boolean hasGit() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(each -> Files.isExecutable(Path.of(each, "git")));
  }

  private static List<String> names(SourceTree tree) {
    return tree.files().stream().map(RawPath::text).toList();
  }

  private static List<Glob> globs(String... texts) {
    return Arrays.stream(texts).map(text -> Glob.parse(text).orElseThrow()).toList();
  }

  @Test
  void aDirtyTreeGivesItsTrackedFilesAsTheyLieThere() throws Exception {
    git("init", "-q");
    write("kept", "old");
    write("deleted", "");
    write("sub/added", "");
    git("add", ".");
    write("kept", "new");
    write("untracked", "");
    Files.delete(folder.resolve("deleted"));
    Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));
    git("add", "link");

    SourceTree tree = SourceTree.ofGit(folder);
    Path copy = folder.resolve("copy");
    Nar.copy(folder, tree, copy);

    assertThat(names(tree)).containsExactly("kept", "link", "sub/added");
    assertThat(copy.resolve("kept")).hasContent("new");
    assertThat(Files.readSymbolicLink(copy.resolve("link"))).hasToString("nowhere");
    assertThat(copy.resolve("untracked")).doesNotExist();
  }

  @Test
  void resultLinksAreNoSourceEvenIfGitTracksThem() throws Exception {
    git("init", "-q");
    write("file", "");
    write("sub/file", "");
    write("result-file", "");
    for (String link : List.of("result", "result-report", "sub/result", "results")) {
      Files.createSymbolicLink(folder.resolve(link), Path.of("/somewhere/nix/store/x"));
    }
    git("add", ".");

    assertThat(names(SourceTree.ofGit(folder)))
        .containsExactly("file", "result-file", "results", "sub/file", "sub/result");
    assertThat(names(SourceTree.ofGit(folder.resolve("sub")))).containsExactly("file");
  }

  @Test
  void namesMayHoldAnyByte() throws Exception {
    git("init", "-q");
    Path odd = RawPath.of(new byte[] {'x', (byte) 0xff, '\n', '"', '\t'});
    Path umlaut = RawPath.of("ä/ö €".getBytes(StandardCharsets.UTF_8));
    Files.createDirectories(folder.resolve(umlaut).getParent());
    Files.createFile(folder.resolve(odd));
    Files.createFile(folder.resolve(umlaut));
    git("add", ".");

    SourceTree tree = SourceTree.ofGit(folder);
    Path copy = folder.resolve("copy");
    Nar.copy(folder, tree, copy);

    assertThat(tree.files()).containsExactly(odd, umlaut);
    assertThat(copy.resolve(odd)).exists();
    assertThat(copy.resolve(umlaut)).exists();
    assertThat(SourceTree.ofGlobs(folder, globs("ä/*", "x*"), List.of()).files())
        .containsExactly(odd, umlaut);
  }

  @Test
  void aSubfolderOfTheRepositoryHasOnlyItsOwnFiles() throws Exception {
    git("init", "-q");
    write("above", "");
    write("project/inside", "");
    git("add", ".");

    assertThat(names(SourceTree.ofGit(folder.resolve("project")))).containsExactly("inside");
  }

  @Test
  void aFolderReplacedByALinkHasNoFilesAnyMore() throws Exception {
    git("init", "-q");
    write("a/file", "");
    write("b", "");
    git("add", ".");
    Files.move(folder.resolve("a"), folder.resolve("moved"));
    Files.createSymbolicLink(folder.resolve("a"), Path.of("moved"));

    assertThat(names(SourceTree.ofGit(folder))).containsExactly("b");
  }

  @Test
  void filesInConflictAreThereOnce() throws Exception {
    git("init", "-q");
    write("both", "");
    git("add", ".");
    String blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
    Path entries =
        Files.writeString(
            folder.resolve("entries"),
            "100644 %1$s 1\tboth\n100644 %1$s 2\tboth\n".formatted(blob));
    git("rm", "-q", "--cached", "both");
    Process update =
        new ProcessBuilder("git", "update-index", "--index-info")
            .directory(folder.toFile())
            .redirectInput(entries.toFile())
            .start();
    assertThat(update.waitFor()).isZero();

    assertThat(names(SourceTree.ofGit(folder))).containsExactly("both");
  }

  @Test
  void aSubmoduleIsNamed() throws Exception {
    git("init", "-q");
    write("a", "");
    git("add", ".");
    git(
        "update-index",
        "--add",
        "--cacheinfo",
        "160000,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,modules/x");

    assertThat(problem()).isEqualTo(new SourceProblem.Submodule(folder, "modules/x"));
  }

  private SourceProblem problem() {
    return catchThrowableOfType(SourceException.class, () -> SourceTree.ofGit(folder)).problem();
  }

  @Test
  void aFolderOutsideOfAnyRepositoryIsNamed() {
    Assumptions.assumeTrue(hasGit(), "git is not installed");

    assertThat(problem()).isEqualTo(new SourceProblem.NotARepository(folder));
    assertThat(problem().message()).doesNotContain("\n").contains("source = { include");
  }

  @Test
  void aRepositoryOfAnotherUserIsNamed() throws Exception {
    git("init", "-q");
    write("a", "");
    git("add", ".");
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "only root can give a folder away");
    Files.setAttribute(folder.resolve(".git"), "unix:uid", SOMEBODY);
    Files.setAttribute(folder, "unix:uid", SOMEBODY);

    assertThat(problem()).isEqualTo(new SourceProblem.NotTrusted(folder));
    assertThat(problem().message()).doesNotContain("\n").contains("safe.directory " + folder);
  }

  @Test
  void aTrackedFileThatBecameAPipeIsNamedAndNotLeftOut() throws Exception {
    git("init", "-q");
    write("kept", "");
    write("pipe", "");
    git("add", ".");
    Files.delete(folder.resolve("pipe"));
    assertThat(new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start().waitFor())
        .isZero();

    assertThatThrownBy(() -> SourceTree.ofGit(folder))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("'pipe'")
        .hasMessageContaining("neither a file nor a symbolic link");
  }

  @Test
  void aRepositoryWithoutTrackedFilesIsNamed() throws Exception {
    git("init", "-q");
    write("untracked", "");

    assertThat(problem()).isInstanceOf(SourceProblem.Empty.class);
  }

  @Test
  void aBrokenRepositoryIsNamed() throws Exception {
    git("init", "-q");
    write(".git/index", "not an index at all");

    assertThat(problem()).isInstanceOf(SourceProblem.GitFailed.class);
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> SourceTree.ofGit(folder.resolve("none")))
        .isInstanceOf(NotDirectoryException.class)
        .hasMessageContaining("none");
  }

  @Test
  void globsTakeTheFilesTheyMatchAndNothingThatBuildsMake() throws Exception {
    write("src/a.c", "");
    write("src/a.o", "");
    write("src/deep/b.c", "");
    write("results/r", "");
    write(".git/config", "");
    write("sub/.git", "");
    Files.createSymbolicLink(folder.resolve("result"), Path.of("x"));
    Files.createSymbolicLink(folder.resolve("result-report"), Path.of("x"));
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("."));

    assertThat(names(SourceTree.ofGlobs(folder, globs("**"), globs("**/*.o"))))
        .containsExactly("loop", "results/r", "src/a.c", "src/deep/b.c");
    assertThat(names(SourceTree.ofGlobs(folder, globs("src"), globs("src/deep"))))
        .containsExactly("src/a.c", "src/a.o");
  }

  @Test
  void globsThatMatchNothingAreNamed() {
    assertThatThrownBy(() -> SourceTree.ofGlobs(folder, globs("src/**", "*.c"), List.of()))
        .isInstanceOf(SourceException.class)
        .hasMessage("no file of '%s' is one of 'src/**', '*.c'".formatted(folder));
  }

  @Test
  void entersOnlyFoldersThatHoldSomething() throws Exception {
    write("a/b/c", "");
    write("d/e", "");
    SourceTree tree = SourceTree.ofGlobs(folder, globs("a"), List.of());

    assertThat(tree.enters(Path.of("a"))).isTrue();
    assertThat(tree.enters(Path.of("a/b"))).isTrue();
    assertThat(tree.enters(Path.of("d"))).isFalse();
    assertThat(tree.includes(Path.of("a/b/c"))).isTrue();
    assertThat(tree.includes(Path.of("a/b"))).isFalse();
  }
}
