package dev.synapse.store.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.bytes.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the vectors do not say: filters, destinations that exist, links as they are, large files.
final class NarTest {
  private static final long OVER_TWO_GIGABYTES = (2L << 30) + 12_345;

  @TempDir Path folder;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    tree = Files.createDirectory(folder.resolve("tree"));
    Files.createDirectories(tree.resolve("a/deep/down"));
    Files.createDirectories(tree.resolve("empty"));
    Files.createDirectories(tree.resolve("junk/more"));
    Files.writeString(tree.resolve("a/deep/down/file"), "file");
    Files.writeString(tree.resolve("a/deep/down/file.tmp"), "temporary");
    Files.writeString(tree.resolve("a/other"), "other");
    Files.writeString(tree.resolve("junk/more/x.tmp"), "temporary");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("a/other"));
  }

  private static boolean isNotTemporary(Path path) {
    return !path.toString().endsWith(".tmp");
  }

  @Test
  void aFilteredTreeIsTheTreeOfWhatIsIncluded() throws Exception {
    NarHash filtered = Nar.hash(tree, NarTest::isNotTemporary);
    Path copy = folder.resolve("copy");
    assertThat(Nar.copy(tree, NarTest::isNotTemporary, copy)).isEqualTo(filtered);
    assertThat(Nar.hash(copy)).isEqualTo(filtered);
    assertThat(copy.resolve("a/deep/down/file")).hasContent("file");
    assertThat(copy.resolve("empty")).doesNotExist();
    assertThat(copy.resolve("junk")).doesNotExist();
    assertThat(copy.resolve("a/deep/down/file.tmp")).doesNotExist();
    assertThat(copy.resolve("link")).isSymbolicLink();

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Nar.write(tree, NarTest::isNotTemporary, out);
    assertThat((long) out.size()).isEqualTo(filtered.size());
  }

  @Test
  void aFilterIsAskedForFilesAndLinksByTheirRelativePaths() throws Exception {
    List<String> asked = new ArrayList<>();
    Nar.hash(tree, (Path path) -> asked.add(path.toString()));
    assertThat(asked)
        .containsExactly(
            "a/deep/down/file", "a/deep/down/file.tmp", "a/other", "junk/more/x.tmp", "link");
  }

  @Test
  void aFilterThatDoesNotEnterADirectoryIsNotAskedAboutItsContents() throws Exception {
    List<String> asked = new ArrayList<>();
    TreeFilter filter =
        new TreeFilter() {
          @Override
          public boolean includes(Path file) {
            return asked.add(file.toString());
          }

          @Override
          public boolean enters(Path directory) {
            return !directory.equals(Path.of("a/deep"));
          }
        };
    NarHash hash = Nar.hash(tree, filter);
    assertThat(asked).containsExactly("a/other", "junk/more/x.tmp", "link");
    assertThat(Nar.copy(tree, filter, folder.resolve("copy"))).isEqualTo(hash);
    assertThat(folder.resolve("copy/a/deep")).doesNotExist();
  }

  @Test
  void aFilterThatTakesNothingLeavesAnEmptyDirectory() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("nothing"));
    assertThat(Nar.hash(tree, _ -> false)).isEqualTo(Nar.hash(empty));
  }

  @Test
  void nothingThatExistsIsWrittenOver() throws Exception {
    ByteArrayOutputStream nar = new ByteArrayOutputStream();
    Nar.write(tree.resolve("a/other"), nar);
    Path precious = Files.writeString(folder.resolve("precious"), "precious");
    Path link = Files.createSymbolicLink(folder.resolve("to-precious"), precious);
    for (Path destination : List.of(precious, link)) {
      assertThatThrownBy(
              () -> Nar.restore(new ByteArrayInputStream(nar.toByteArray()), destination))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThatThrownBy(() -> Nar.copy(tree, folder.resolve("tree/a")))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(precious).hasContent("precious");
  }

  @Test
  void linksKeepEachByteOfTheirTargets() throws Exception {
    List<ByteString> targets =
        List.of(
            ByteString.of("a//b"),
            ByteString.of("folder/"),
            ByteString.of("//x"),
            ByteString.of("/"),
            ByteString.of("./."),
            ByteString.of("../\u00e9\u4e2d"),
            ByteString.of("/\u00e9/"),
            ByteString.of("\u00e9//x"),
            ByteString.of(new byte[] {(byte) 0xff, '/', (byte) 0xe9}),
            ByteString.of(new byte[] {(byte) 0xff, '/', '/', (byte) 0xe9, '/'}),
            ByteString.of(new byte[] {'/', (byte) 0xff}));
    for (int index = 0; index < targets.size(); index++) {
      ByteString target = targets.get(index);
      Path link = folder.resolve("link-" + index);
      RawNames.createLink(link, target);
      assertThat(RawNames.targetOf(link)).as("%s", target).isEqualTo(target);
      assertThatThrownBy(() -> RawNames.createLink(link, target))
          .isInstanceOf(FileAlreadyExistsException.class);
    }
  }

  @Test
  void aLinkToADirectoryDoesNotGetASlash() throws Exception {
    Path directory = Files.createDirectory(RawNames.resolve(folder, ByteString.of("d\u00e9")));
    Path link = folder.resolve("to-directory");
    Files.createSymbolicLink(link, directory);
    assertThat(RawNames.targetOf(link).utf8()).endsWith("/d\u00e9");
  }

  @Test
  void whatIsNoFileDirectoryOrLinkIsAnErrorThatNamesIt() throws Exception {
    Path pipe = tree.resolve("pipe");
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/mkfifo")), "this machine has no /usr/bin/mkfifo");
    assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> Nar.hash(tree))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(pipe.toString());
  }

  @Test
  void callsThatMakeNoArchiveAreRefused() throws Exception {
    ByteString b = ByteString.of("b");
    NarWriter closed = new NarWriter(OutputStream.nullOutputStream());
    closed.symlink(b);
    assertThatThrownBy(() -> closed.symlink(b)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> closed.entry(b)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(closed::endDirectory).isInstanceOf(IllegalStateException.class);

    NarWriter open = new NarWriter(OutputStream.nullOutputStream());
    assertThatThrownBy(() -> open.entry(b)).isInstanceOf(IllegalStateException.class);
    open.startDirectory();
    assertThatThrownBy(() -> open.symlink(b)).isInstanceOf(IllegalStateException.class);
    open.entry(b);
    assertThatThrownBy(open::endDirectory).isInstanceOf(IllegalStateException.class);
    open.symlink(b);
    assertThatThrownBy(() -> open.entry(b)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> open.entry(ByteString.of("a")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> open.entry(ByteString.of("c/d")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  @Tag("slow")
  void aFileOverTwoGigabytesNeedsNoHeap() throws Exception {
    Path large = folder.resolve("large");
    try (var file = new java.io.RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(OVER_TWO_GIGABYTES);
    }
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                HashInChild.class.getName(),
                large.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(child.waitFor()).as(said).isZero();
    NarHash hash = Nar.hash(large);
    assertThat(said.strip()).isEqualTo(hash.toString());
    assertThat(hash.size()).isBetween(OVER_TWO_GIGABYTES, OVER_TWO_GIGABYTES + 200);
  }

  /// Prints the hash of its first argument; run where the heap is small.
  static final class HashInChild {
    private HashInChild() {}

    public static void main(String[] args) throws IOException {
      NarHash hash = Nar.hash(Path.of(args[0]));
      System.out.println(hash);
    }
  }
}
