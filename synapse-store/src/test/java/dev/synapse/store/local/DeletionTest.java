package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeletionTest {
  private static final int TOO_DEEP_FOR_A_PATH = 3000;
  private static final String LONG_NAME = "n".repeat(255);

  @TempDir Path folder;

  @Test
  void deletesATreeThatIsDeeperThanPathsCanBeLong() throws Exception {
    Path deep = nested("d", TOO_DEEP_FOR_A_PATH);

    assertThat(Deletion.delete(deep)).isTrue();

    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void deletesADeepTreeOfLongNamesThatNobodyMayReadOrWrite() throws Exception {
    Path deep = nested(LONG_NAME, 60);
    try {
      SystemCalls.changeMode(deep.resolve(LONG_NAME).resolve(LONG_NAME), 0);
      SystemCalls.changeMode(deep.resolve(LONG_NAME), 0500);
    } finally {
      assertThat(Deletion.delete(deep)).isTrue();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void deletesWhatManyDeepFoldersHoldAndNeverGoesThroughALink() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("file"), "stays");
    Path tree = Files.createDirectory(folder.resolve("tree"));
    for (int number = 0; number < 3; number++) {
      Path deep = nested("d", 100);
      Files.createSymbolicLink(deep.resolve("link"), outside);
      Path bottom = deep;
      for (int level = 0; level < 100; level++) {
        bottom = bottom.resolve("d");
      }
      Files.createSymbolicLink(bottom.resolve("link"), outside);
      Files.writeString(bottom.resolve("file"), "goes");
      Files.move(deep, tree.resolve("deep" + number), StandardCopyOption.ATOMIC_MOVE);
    }

    assertThat(Deletion.delete(tree)).isTrue();

    assertThat(tree).doesNotExist();
    assertThat(outside.resolve("file")).hasContent("stays");
  }

  @Test
  void deletesALinkAndNotWhatItLeadsTo() throws Exception {
    Path target = Files.createDirectory(folder.resolve("target"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);

    assertThat(Deletion.delete(link)).isTrue();

    assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(target).isDirectory();
  }

  @Test
  void countsWhatBecomesFreeHoweverDeepItLies() throws Exception {
    Path bottom = Files.createDirectory(folder.resolve("0"));
    Files.writeString(bottom.resolve("file"), "12345");
    Path deep = nested(bottom, "d", TOO_DEEP_FOR_A_PATH);
    FreedBytes freed = new FreedBytes();

    assertThat(Deletion.delete(deep, freed)).isTrue();

    assertThat(freed.bytes()).isEqualTo(5);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void measuresWhatIsThereAndDeletesNothing() throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree/below"));
    Files.writeString(tree.resolve("file"), "123");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("target"));
    FreedBytes freed = new FreedBytes();

    Deletion.measure(folder.resolve("tree"), freed);
    Deletion.measure(folder.resolve("nothing"), freed);

    assertThat(freed.bytes()).isEqualTo("123".length() + "target".length());
    assertThat(tree.resolve("file")).hasContent("123");
  }

  @Test
  void saysThatThereWasNothing() throws Exception {
    assertThat(Deletion.delete(folder.resolve("nothing"))).isFalse();
  }

  /// A folder that holds folders called `name`, one in the other. Made from the innermost outwards:
  /// no path gets long.
  private Path nested(String name, int levels) throws Exception {
    return nested(Files.createDirectory(folder.resolve("0")), name, levels);
  }

  private Path nested(Path innermost, String name, int levels) throws Exception {
    Path inner = innermost;
    for (int level = 1; level <= levels; level++) {
      Path outer = Files.createDirectory(folder.resolve(Integer.toString(level)));
      Files.move(inner, outer.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      inner = outer;
    }
    return inner;
  }
}
