package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CanonicalTest {
  @TempDir Path folder;
  private Path tree;

  @BeforeEach
  void makeTree() throws Exception {
    tree = Files.createDirectory(folder.resolve("tree"));
    SystemCalls.changeMode(tree, 0755);
  }

  @AfterEach
  void deleteTree() throws Exception {
    Deletion.delete(tree);
  }

  @Test
  void onlyTheOwnersExecuteBitStays() throws Exception {
    assertThat(modeOfFileMade(0600)).isEqualTo(0444);
    assertThat(modeOfFileMade(0655)).isEqualTo(0444);
    assertThat(modeOfFileMade(0100)).isEqualTo(0555);
    assertThat(modeOfFileMade(0777)).isEqualTo(0555);
  }

  @Test
  void specialBitsGo() throws Exception {
    assertThat(modeOfFileMade(04755)).isEqualTo(0555);
    assertThat(modeOfFileMade(02444)).isEqualTo(0444);
    assertThat(modeOfFileMade(01555)).isEqualTo(0555);
  }

  @Test
  void directoriesFollowTheSameRule() throws Exception {
    Path directory = Files.createDirectory(tree.resolve("d"));
    setSpecialMode(directory, 02700);

    Canonical.apply(tree);

    assertThat(Canonical.mode(directory) & 07777).isEqualTo(0555);
    assertThat(Canonical.mode(tree) & 07777).isEqualTo(0555);
  }

  @Test
  void timesAreOneSecondAfterTheEpoch() throws Exception {
    Path link = Files.createSymbolicLink(tree.resolve("link"), Path.of("nowhere"));
    Path odd =
        Files.createDirectory(
            Path.of(URI.create(tree.toUri() + "b%FFd%20%C3%A9"))); // names need not be text
    Path loop = Files.createSymbolicLink(odd.resolve("up"), Path.of(".."));

    Canonical.apply(tree);

    for (Path each : new Path[] {tree, link, odd, loop}) {
      assertThat(Files.getLastModifiedTime(each, LinkOption.NOFOLLOW_LINKS).toMillis())
          .isEqualTo(1000);
    }
  }

  @Test
  void extendedAttributesGo() throws Exception {
    Path file = Files.writeString(tree.resolve("f"), "");
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
    try {
      view.write("note", StandardCharsets.UTF_8.encode("x"));
    } catch (IOException e) {
      assumeTrue(false, "this file system keeps no extended attributes: " + e.getMessage());
    }
    view.write("other", StandardCharsets.UTF_8.encode("y"));

    Canonical.apply(tree);

    assertThat(view.list()).isEmpty();
  }

  @Test
  void whatOthersMayWriteToIsRefused() throws Exception {
    SystemCalls.changeMode(tree, 0775);

    StoreException thrown = catchThrowableOfType(StoreException.class, () -> Canonical.apply(tree));

    assertThat(thrown.problem()).isEqualTo(new StoreProblem.WritableByOthers(tree));
  }

  @Test
  void socketsAreRefused() throws Exception {
    Path socket = tree.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));

      StoreException thrown =
          catchThrowableOfType(StoreException.class, () -> Canonical.apply(tree));

      assertThat(thrown.problem()).isEqualTo(new StoreProblem.UnsupportedType(socket));
    }
  }

  @Test
  void filesOfOthersBecomeOurs() throws Exception {
    assumeTrue(SystemCalls.user() == 0, "only root can give a file away");
    Path file = Files.writeString(tree.resolve("f"), "");
    Files.setAttribute(file, "unix:uid", 12345);

    Canonical.apply(tree);

    assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);
  }

  private int modeOfFileMade(int mode) throws IOException {
    Path file = tree.resolve("f");
    Files.deleteIfExists(file);
    Files.writeString(file, "");
    setSpecialMode(file, mode);
    Canonical.applyToCopy(file);
    return Canonical.mode(file) & 07777;
  }

  /// A sandbox, that of Synapse too, lets nobody set such bits; then there is nothing to test.
  private static void setSpecialMode(Path path, int mode) throws IOException {
    try {
      SystemCalls.changeMode(path, mode);
    } catch (FileSystemException e) {
      Assumptions.abort("special mode bits cannot be set here: " + e.getMessage());
    }
  }
}
