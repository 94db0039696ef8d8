package dev.synapse.build.maven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.build.lock.LockedFile;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MavenRepositoryLayoutTest {
  private static final String PATH = "g/a/1/a-1.jar";

  @TempDir Path temporary;
  private ArtifactCache cache;
  private Path folder;

  @BeforeEach
  void fill() throws IOException {
    cache = new ArtifactCache(temporary.resolve("cache"));
    folder = temporary.resolve("layout");
  }

  @Test
  void laysOutTheFilesAndNothingElse() throws Exception {
    List<LockedFile> artifacts = List.of(artifact("g/b/2/b-2.pom", "two"), artifact(PATH, "one"));

    MavenRepositoryLayout.materialise(artifacts, this::file, folder);

    try (var tree = Files.walk(folder)) {
      assertThat(tree.filter(Files::isRegularFile).map(folder::relativize).map(Path::toString))
          .containsExactlyInAnyOrder(PATH, "g/b/2/b-2.pom");
    }
    assertThat(folder.resolve(PATH)).hasContent("one");
  }

  @Test
  void refusesAContentThatIsNotTheOneRecorded() throws Exception {
    LockedFile recorded = artifact(PATH, "one");
    Path other = Files.writeString(temporary.resolve("other"), "another", UTF_8);

    MavenException thrown =
        catchThrowableOfType(
            MavenException.class,
            () -> MavenRepositoryLayout.materialise(List.of(recorded), _ -> other, folder));

    assertThat(thrown.problems())
        .containsExactly(
            new MavenProblem.ContentChanged("central", PATH, recorded.sha256(), sha256("another")));
  }

  @Test
  void refusesTwoContentsForOnePath() throws Exception {
    LockedFile one = artifact(PATH, "one");
    LockedFile two = new LockedFile("other", PATH, sha256("two"), 3);

    MavenException thrown =
        catchThrowableOfType(
            MavenException.class,
            () -> MavenRepositoryLayout.materialise(List.of(one, two), this::file, folder));

    assertThat(thrown.problems()).hasSize(1);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void leavesAFolderThatHoldsSomethingAlone() throws Exception {
    Files.createDirectories(folder.resolve("mine"));

    Throwable thrown =
        catchThrowable(() -> MavenRepositoryLayout.materialise(List.of(), this::file, folder));

    assertThat(thrown).isInstanceOf(IOException.class).hasMessageContaining("not empty");
    assertThat(folder.resolve("mine")).exists();
  }

  private LockedFile artifact(String path, String content) throws IOException {
    byte[] bytes = content.getBytes(UTF_8);
    ArtifactCache.Entry entry = cache.add(new ByteArrayInputStream(bytes));
    return new LockedFile("central", path, entry.sha256(), entry.size());
  }

  private Path file(LockedFile artifact) throws IOException {
    return cache.find(artifact.sha256()).orElseThrow(() -> new IOException("absent")).file();
  }

  private static Hash sha256(String content) {
    return Hash.of(HashAlgorithm.SHA256, content.getBytes(UTF_8));
  }
}
