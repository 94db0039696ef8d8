package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderSizeTest {
  private static final int TOO_DEEP_FOR_A_PATH = 2200;

  @TempDir Path folder;

  /// Nothing here deletes a tree that is too deep for a path, so it is made flat again.
  @AfterEach
  void flatten() throws Exception {
    Path top = folder.resolve("deep");
    for (int number = 0; Files.exists(top.resolve("d")); number++) {
      Path next = folder.resolve("flat" + number);
      Files.move(top.resolve("d"), next, StandardCopyOption.ATOMIC_MOVE);
      top = next;
    }
  }

  private Path nested(int levels) throws Exception {
    Path inner = Files.createDirectory(folder.resolve("0"));
    Files.writeString(inner.resolve("file"), "1234567");
    for (int level = 1; level <= levels; level++) {
      Path outer = Files.createDirectory(folder.resolve(Integer.toString(level)));
      Files.move(inner, outer.resolve("d"), StandardCopyOption.ATOMIC_MOVE);
      if (level % 100 == 0) {
        Files.writeString(outer.resolve("file"), "1");
      }
      inner = outer;
    }
    return Files.move(inner, folder.resolve("deep"), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void countsWhatLiesDeeperThanPathsCanBeLong() throws Exception {
    Path deep = nested(TOO_DEEP_FOR_A_PATH);

    assertThat(FolderSize.of(List.of(deep), Long.MAX_VALUE))
        .isEqualTo(TOO_DEEP_FOR_A_PATH / 100 + 7);
  }

  @Test
  void whatIsDeeperThanAnybodyCanNameIsTooMuch() throws Exception {
    assertThat(FolderSize.of(List.of(nested(4600)), 1 << 30)).isEqualTo((1 << 30) + 1);
  }

  @Test
  void countsFilesOnlyAndFollowsNoLink() throws Exception {
    Path one = Files.createDirectories(folder.resolve("one/sub"));
    Files.write(one.resolve("file"), new byte[100]);
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.write(other.resolve("file"), new byte[10]);
    Files.createSymbolicLink(other.resolve("link"), one);
    Files.createSymbolicLink(other.resolve("fileLink"), one.resolve("file"));

    assertThat(FolderSize.of(List.of(folder.resolve("one"), other), Long.MAX_VALUE)).isEqualTo(110);
    assertThat(FolderSize.of(List.of(other), Long.MAX_VALUE)).isEqualTo(10);
  }

  @Test
  void whatIsNotThereIsNothing() throws Exception {
    assertThat(FolderSize.of(List.of(folder.resolve("gone")), Long.MAX_VALUE)).isZero();
  }

  @Test
  void stopsAboveWhatIsEnough() throws Exception {
    for (int number = 0; number < 10; number++) {
      Files.write(folder.resolve("file" + number), new byte[10]);
    }

    assertThat(FolderSize.of(List.of(folder), 35)).isEqualTo(40);
  }
}
