package dev.synapse.store.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.bytes.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One file out of an archive of many.
final class NarContentsTest {
  @TempDir Path folder;
  private byte[] archive;

  @BeforeEach
  void pack() throws Exception {
    Path below = Files.createDirectories(folder.resolve("tree/a/b"));
    Files.writeString(below.resolve("file"), "deep");
    Files.writeString(folder.resolve("tree/a/file"), "middle");
    Files.writeString(folder.resolve("tree/file"), "top");
    Files.createSymbolicLink(folder.resolve("tree/a/link"), Path.of("file"));
    Files.createDirectory(folder.resolve("tree/empty"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Nar.write(folder.resolve("tree"), out);
    archive = out.toByteArray();
  }

  private static List<ByteString> names(String path) {
    return Stream.of(path.split("/", -1))
        .filter(name -> !name.isEmpty())
        .map(ByteString::of)
        .toList();
  }

  private Optional<NarNode> copy(String path, ByteArrayOutputStream out) throws Exception {
    return NarContents.copy(new ByteArrayInputStream(archive), names(path), out);
  }

  @Test
  void theFileThatIsNamedIsWrittenAndNoOtherOfThatName() throws Exception {
    for (List<String> each :
        List.of(List.of("a/b/file", "deep"), List.of("a/file", "middle"), List.of("file", "top"))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      NarNode found = copy(each.getFirst(), out).orElseThrow();

      assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(each.getLast());
      assertThat(found)
          .isInstanceOfSatisfying(
              NarNode.File.class,
              file -> {
                int offset = (int) file.offset().orElseThrow();
                assertThat(Arrays.copyOfRange(archive, offset, offset + (int) file.size()))
                    .as("where it says that the contents are")
                    .isEqualTo(out.toByteArray());
              });
    }
  }

  @Test
  void whatIsNoFileIsToldAndNotWritten() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(copy("a/link", out)).hasValue(new NarNode.Link(ByteString.of("file")));
    assertThat(copy("", out)).containsInstanceOf(NarNode.Directory.class);
    assertThat(copy("empty", out).orElseThrow())
        .isEqualTo(new NarNode.Directory(new java.util.TreeMap<>()));
    assertThat(copy("absent", out)).isEmpty();
    assertThat(copy("file/below", out)).isEmpty();
    assertThat(copy("a/link/below", out)).isEmpty();
    assertThat(out.size()).isZero();
  }

  @Test
  void anArchiveOfOneFileIsThatFile() throws Exception {
    ByteArrayOutputStream single = new ByteArrayOutputStream();
    Nar.write(folder.resolve("tree/file"), single);
    archive = single.toByteArray();
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    assertThat(copy("", out)).containsInstanceOf(NarNode.File.class);
    assertThat(out.toByteArray()).asString().isEqualTo("top");
    assertThat(copy("file", out)).isEmpty();
  }

  @Test
  void aTreeAndItsArchiveHoldTheSame() throws Exception {
    NarNode.Directory tree = (NarNode.Directory) NarNode.ofTree(folder.resolve("tree"));
    NarNode.Directory packed =
        (NarNode.Directory) NarNode.ofArchive(new ByteArrayInputStream(archive));

    assertThat(tree.entries().keySet()).isEqualTo(packed.entries().keySet());
    assertThat(tree.find(names("a/b/file")))
        .hasValue(new NarNode.File(4, false, OptionalLong.empty()));
    assertThat(packed.find(names("a/link"))).isEqualTo(tree.find(names("a/link")));
  }

  @Test
  void aDamagedArchiveIsNotTakenForAWholeOne() {
    archive = Arrays.copyOf(archive, archive.length - 8);
    assertThatThrownBy(() -> copy("a/b/file", new ByteArrayOutputStream()))
        .isInstanceOf(NarException.class);
  }
}
