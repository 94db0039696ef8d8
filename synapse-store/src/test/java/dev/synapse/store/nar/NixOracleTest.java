package dev.synapse.store.nar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real Nix, where it is installed, says the same of random trees.
final class NixOracleTest {
  private static final int TREES = 20;

  @TempDir Path folder;

  @Test
  void randomTreesHaveTheArchivesThatNixGivesThem() throws Exception {
    Assumptions.assumeTrue(isOnPath("nix-store"), "this machine has no nix-store");
    long seed = ThreadLocalRandom.current().nextLong();
    for (int index = 0; index < TREES; index++) {
      byte[] nar = RandomTree.archive(seed + index);
      Path tree = folder.resolve("tree-" + index);
      Nar.restoreWhole(new ByteArrayInputStream(nar), tree);

      assertThat(dump(tree)).as("seed %d", seed + index).isEqualTo(nar);
      assertThat(Nar.hash(tree).size()).isEqualTo(nar.length);
      Path restored = folder.resolve("restored-" + index);
      restore(nar, restored);
      assertThat(Nar.hash(restored)).as("seed %d", seed + index).isEqualTo(Nar.hash(tree));
      assertThat(Files.exists(restored, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
  }

  private byte[] dump(Path tree) throws IOException, InterruptedException {
    Path errors = folder.resolve("errors");
    Process nix =
        new ProcessBuilder("nix-store", "--dump", tree.toString())
            .redirectError(errors.toFile())
            .start();
    byte[] nar = nix.getInputStream().readAllBytes();
    assertThat(nix.waitFor()).as(() -> contents(errors)).isZero();
    return nar;
  }

  private void restore(byte[] nar, Path destination) throws IOException, InterruptedException {
    Path archive = Files.write(folder.resolve("archive"), nar);
    Path errors = folder.resolve("errors");
    Process nix =
        new ProcessBuilder("nix-store", "--restore", destination.toString())
            .redirectInput(archive.toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(nix.waitFor()).as(() -> contents(errors)).isZero();
  }

  private static String contents(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }
}
