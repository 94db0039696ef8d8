package dev.synapse.build.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.sandbox.RunId;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnfinishedFileTest {
  @TempDir private Path folder;

  @Test
  void onlyWhatAProcessLeftThatIsCertainlyDeadIsRemoved() throws Exception {
    RunId here = RunId.next();
    // The same number as this process, but started at another time.
    var dead = new RunId(here.namespace(), here.owner(), here.ownerStart() + 1, 1);
    var unknown = new RunId(here.namespace() + 1, here.owner(), here.ownerStart() + 1, 1);
    Path own = Files.createFile(UnfinishedFile.in(folder));
    Path foreign = Files.createFile(folder.resolve(unknown + ".part"));
    Path other = Files.createFile(folder.resolve("synapse-notes.txt"));
    Files.createFile(folder.resolve(dead + ".part"));
    Files.createFile(folder.resolve(dead + ".tag"));

    UnfinishedFile.removeLeftovers(folder);

    try (var left = Files.list(folder)) {
      assertThat(left).containsExactlyInAnyOrder(own, foreign, other);
    }
  }
}
