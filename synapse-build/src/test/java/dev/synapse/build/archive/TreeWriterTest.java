package dev.synapse.build.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What several owners may bring into one tree, whichever comes first.
final class TreeWriterTest {
  @TempDir Path folder;

  private interface Entry {
    void bring(TreeWriter tree, String owner) throws IOException;
  }

  private static void file(TreeWriter tree, String path, String owner) throws IOException {
    tree.file(path, false, InputStream.nullInputStream(), owner);
  }

  private TreeWriter tree(String name) throws IOException {
    return new TreeWriter(folder.resolve(name), TreeWriter.Links.FOLLOW);
  }

  @Test
  void whatOneMadeAFileOrALinkAnotherCannotUseInEitherOrder() throws Exception {
    Entry file = (tree, owner) -> file(tree, "x", owner);
    Entry link = (tree, owner) -> tree.link("x", "y", owner);
    Entry below = (tree, owner) -> file(tree, "x/z", owner);
    int number = 0;
    for (Entry first : List.of(file, link, below)) {
      for (Entry second : first == below ? List.of(file, link) : List.of(file, link, below)) {
        TreeWriter tree = tree("tree" + number++);
        first.bring(tree, "two");

        assertThatThrownBy(() -> second.bring(tree, "one"))
            .isInstanceOfSatisfying(
                ArchiveException.class,
                e ->
                    assertThat(e.problem())
                        .isEqualTo(new ArchiveProblem.Conflict("x", "one", "two")));
      }
    }
  }

  @Test
  void aFolderMayComeFromSeveral() throws Exception {
    TreeWriter tree = tree("tree");
    tree.folder("x", "one");
    tree.folder("x", "two");
    file(tree, "x/y", "three");

    assertThat(folder.resolve("tree/x/y")).isEmptyFile();
  }

  @Test
  void whoBroughtALinkMayWriteThroughIt() throws Exception {
    TreeWriter tree = tree("tree");
    tree.link("x", "y", "one");
    file(tree, "x/z", "one");

    assertThat(folder.resolve("tree/y/z")).isEmptyFile();
  }

  @Test
  void aLinkOfTheLayoutIsForEveryone() throws Exception {
    TreeWriter tree = tree("tree");
    tree.layout("lib", "usr/lib");
    tree.link("lib", "usr/lib", "one");
    file(tree, "lib/x", "two");

    assertThat(folder.resolve("tree/usr/lib/x")).isEmptyFile();
    assertThat(Files.readSymbolicLink(folder.resolve("tree/lib"))).hasToString("usr/lib");
    assertThatThrownBy(() -> tree.link("lib", "elsewhere", "one"))
        .isInstanceOf(ArchiveException.class);
  }
}
