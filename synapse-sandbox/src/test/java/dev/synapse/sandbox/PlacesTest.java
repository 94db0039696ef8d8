package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlacesTest {
  private static final Path AT = Path.of("/a");

  private Path folder;
  private Path file;

  @BeforeEach
  void furnish(@TempDir Path home) throws Exception {
    folder = Files.createDirectory(home.resolve("folder"));
    file = Files.createFile(home.resolve("file"));
  }

  private static boolean arePlain(Mount... mounts) {
    return new Places(List.of(mounts)).arePlain();
  }

  @Test
  void aRoomOfSeparateThingsIsPlain() {
    assertThat(
            arePlain(
                new Mount.Temporary(Path.of("/tmp"), 1),
                new Mount.ReadOnly(file, Path.of("/tmp/file")),
                new Mount.Folder(Path.of("/b/c")),
                new Mount.ReadOnly(file, Path.of("/b/c/file")),
                new Mount.Writable(folder, AT),
                new Mount.ReadOnly(file, Path.of("/a/b/file")),
                new Mount.Temporary(Path.of("/a/c"), 1)))
        .isTrue();
  }

  @Test
  void nothingIsMountedThroughALinkOrAFile() {
    assertThat(
            arePlain(
                new Mount.Symlink(RawText.of("/b"), AT),
                new Mount.ReadOnly(file, Path.of("/a/file"))))
        .isFalse();
    assertThat(arePlain(new Mount.Text("text", AT), new Mount.ReadOnly(file, Path.of("/a/file"))))
        .isFalse();
  }

  @Test
  void nothingIsMountedThroughALinkOfTheMachine() throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/"));

    assertThat(
            arePlain(
                new Mount.Writable(folder, AT), new Mount.ReadOnly(file, Path.of("/a/link/file"))))
        .isFalse();
    assertThat(
            arePlain(new Mount.Writable(folder, AT), new Mount.ReadOnly(file, Path.of("/a/link"))))
        .isFalse();
  }

  @Test
  void nothingIsMountedIntoWhatTheKernelFills() {
    assertThat(arePlain(new Mount.Proc(AT), new Mount.ReadOnly(file, Path.of("/a/b")))).isFalse();
    assertThat(arePlain(new Mount.Dev(AT, 1), new Mount.ReadOnly(file, Path.of("/a/b")))).isFalse();
  }

  @Test
  void theTopAndCrookedPathsAreNotPlain() {
    assertThat(arePlain(new Mount.ReadOnly(folder, Path.of("/")))).isFalse();
    assertThat(arePlain(new Mount.ReadOnly(folder, Path.of("/a/../b")))).isFalse();
  }

  @Test
  void aFolderMayCoverAFolderAndNothingElse() {
    var one = new Mount.Writable(folder, AT);

    assertThat(arePlain(one, one)).isTrue();
    assertThat(arePlain(one, new Mount.ReadOnly(file, AT))).isFalse();
    assertThat(arePlain(one, new Mount.Folder(AT))).isFalse();
    assertThat(arePlain(new Mount.Folder(AT), one)).isFalse();
  }

  @Test
  void inAReadOnlyFolderThereMustBeAPlaceOfTheSameKind() throws Exception {
    Files.createFile(folder.resolve("file"));
    Files.createDirectory(folder.resolve("inner"));
    var around = new Mount.ReadOnly(folder, AT);

    assertThat(arePlain(around, new Mount.ReadOnly(file, Path.of("/a/file")))).isTrue();
    assertThat(arePlain(around, new Mount.ReadOnly(folder, Path.of("/a/inner")))).isTrue();
    assertThat(arePlain(around, new Mount.ReadOnly(folder, Path.of("/a/file")))).isFalse();
    assertThat(arePlain(around, new Mount.ReadOnly(file, Path.of("/a/inner")))).isFalse();
    assertThat(arePlain(around, new Mount.ReadOnly(file, Path.of("/a/absent")))).isFalse();
    assertThat(arePlain(around, new Mount.Text("text", Path.of("/a/file")))).isFalse();
  }

  @Test
  void inAWritableFolderOnlyWhatIsBoundIsMade() {
    var around = new Mount.Writable(folder, AT);

    assertThat(arePlain(around, new Mount.Text("text", Path.of("/a/text")))).isFalse();
    assertThat(arePlain(around, new Mount.Symlink(RawText.of("x"), Path.of("/a/x")))).isFalse();
  }
}
