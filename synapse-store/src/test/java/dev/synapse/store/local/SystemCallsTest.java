package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Calls of the C library, and in which words their failures are said.
final class SystemCallsTest {
  @TempDir Path folder;

  @Test
  void whoGivesAFileToHimselfKeepsIt() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("nowhere"));

    SystemCalls.changeOwner(link, SystemCalls.user(), SystemCalls.group());

    assertThat(Files.getAttribute(link, "unix:uid", LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(SystemCalls.user());
    assertThat(Files.getAttribute(link, "unix:gid", LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(SystemCalls.group());
  }

  @Test
  void whatIsNotThereIsOpenedByNobody() {
    Path absent = folder.resolve("absent");

    assertThatThrownBy(() -> SystemCalls.openForWriting(absent))
        .isExactlyInstanceOf(NoSuchFileException.class)
        .hasMessage(absent.toString());
    assertThatThrownBy(() -> SystemCalls.openDirectory(absent))
        .isExactlyInstanceOf(NoSuchFileException.class)
        .hasMessage(absent.toString());
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFailureNamesTheFileTheReasonAndTheCall() throws Exception {
    Path absent = folder.resolve("absent");
    Path inFile = Files.createFile(folder.resolve("file")).resolve("below");
    Path longName = folder.resolve("x".repeat(256));

    assertThatThrownBy(() -> SystemCalls.changeMode(absent, Mode.PUBLIC_FILE))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(absent + ": No such file or directory (chmod)");
    assertThatThrownBy(() -> SystemCalls.setModified(longName, 1))
        .hasMessage(longName + ": File name too long (utimensat)");
    assertThatThrownBy(() -> SystemCalls.open(inFile, true))
        .as("20 is ENOTDIR, which has no words of ours")
        .hasMessage(inFile + ": error number 20 (open)");
    assertThatThrownBy(() -> SystemCalls.changeMode(Path.of("/proc/self/status"), 0))
        .as("a room has all of it read-only")
        .hasMessageMatching(
            "/proc/self/status: (Operation not permitted|Read-only file system) \\(chmod\\)");
  }

  @Test
  void aLinkIsNoDirectoryWhereverItLeads() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
    assertThatThrownBy(() -> SystemCalls.openDirectory(link))
        .isInstanceOf(FileSystemException.class)
        .hasMessageStartingWith(link.toString());
  }

  @Test
  void theModeIsSetWithItsSpecialBits() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    SystemCalls.changeMode(file, 01640); // the sticky bit: a room allows neither setuid nor setgid
    assertThat(Canonical.mode(file) & Mode.PERMISSIONS).isEqualTo(01640);
  }
}
