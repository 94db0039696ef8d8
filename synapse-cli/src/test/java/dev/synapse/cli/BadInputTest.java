package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.lock.Lock;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Manifests, locks and downloads that are not what they should be.
@Timeout(180)
final class BadInputTest {
  private static final String RIGHT = "right\n";
  private static final String WRONG = "wrong\n";

  @TempDir private Path home;
  private OneAnswer server;
  private String address;

  @BeforeEach
  void serve() throws IOException {
    server = new OneAnswer();
    server.give("200 OK", RIGHT);
    address = server.address() + "/data-1.0";
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private static String hash(String content) {
    return Hash.of(HashAlgorithm.SHA256, content.getBytes(StandardCharsets.UTF_8)).toSri();
  }

  private String input() {
    return "[inputs.data]\nurl = \"%s\"\n".formatted(address);
  }

  private Path project(String more) throws IOException {
    Path folder = Files.createDirectories(home.resolve("project"));
    Files.writeString(
        folder.resolve("synapse.toml"), "[project]\nname = \"demo\"\nsource-date = 0\n\n" + more);
    return folder;
  }

  private Program program() throws IOException {
    return Program.of(home).with("SYNAPSE_HOME", home.resolve("store").toString());
  }

  private List<Path> parts() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("store/synapse/downloads"))) {
      return files.filter(file -> file.toString().endsWith(".part")).toList();
    }
  }

  @Test
  void aManifestThatIsBrokenOrWrongIsToldByItsLines() throws Exception {
    Path folder = project("[inputs.data\n");
    var broken = program().run("-C", folder.toString(), "lock");
    assertThat(broken.status()).isEqualTo(2);
    assertThat(broken.error()).startsWith("synapse.toml:5");

    project("[packages.demo]\ntoolchain = \"absent\"\nsauce = 1\n");
    var wrong = program().run("-C", folder.toString(), "build");
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(Session.lines(wrong.err()))
        .hasSizeGreaterThan(1)
        .allMatch(line -> line.startsWith("error: synapse.toml:"))
        .anyMatch(line -> line.contains("synapse.toml:7") && line.contains("sauce"));
    assertThat(folder.resolve(Lock.FILE_NAME)).doesNotExist();

    project(input());
    var mended = program().run("-C", folder.toString(), "lock");
    assertThat(mended.status()).as(mended.err()).isZero();
  }

  @Test
  void whatIsNotAsTheManifestSaysIsNotLocked() throws Exception {
    server.give("200 OK", WRONG);
    Path folder = project(input() + "sha256 = \"" + hash(RIGHT) + "\"\n");

    var refused = program().run("-C", folder.toString(), "lock");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.error()).contains("input 'data'", address, hash(RIGHT), hash(WRONG));
    assertThat(folder.resolve(Lock.FILE_NAME)).doesNotExist();
    server.give("200 OK", RIGHT);
    var next = program().run("-C", folder.toString(), "lock");
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(parts()).isEmpty();
  }

  @Test
  void whatALockLeftThatWasKilledWhileItFetchedTheNextRemoves() throws Exception {
    server.giveHalf(RIGHT);
    Path folder = project(input());

    var killed = program().start("-C", folder.toString(), "lock");
    server.awaitGiven();
    while (parts().isEmpty() && killed.process().isAlive()) {
      Thread.sleep(10);
    }
    killed.process().destroyForcibly().waitFor();

    assertThat(parts()).as("so that cleaning up can be seen").hasSize(1);
    assertThat(folder.resolve(Lock.FILE_NAME)).doesNotExist();
    server.give("200 OK", RIGHT);
    var next = program().run("-C", folder.toString(), "lock");
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(parts()).isEmpty();
  }

  @Test
  void withoutAServerNothingIsLocked() throws Exception {
    Path folder = project(input());
    server.close();

    var refused = program().run("-C", folder.toString(), "lock");

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.error()).startsWith("'" + address + "' could not be fetched, tried 3 times");
    assertThat(folder.resolve(Lock.FILE_NAME)).doesNotExist();
    assertThat(parts()).isEmpty();
  }

  @Test
  void aBuildTakesOnlyWhatIsLocked() throws Exception {
    SmallProject project =
        SmallProject.in(Files.createDirectory(home.resolve("small")))
            .add("demo", "cat $data >$out", "inputs = [\"data\"]");
    Path manifest = project.folder().resolve("synapse.toml");
    Path lock = project.folder().resolve(Lock.FILE_NAME);
    String before = Files.readString(manifest);
    Files.writeString(manifest, before + "\n" + input());

    var unlocked = project.build();
    assertThat(unlocked.status()).isEqualTo(2);
    assertThat(unlocked.error()).contains("inputs.data");
    assertThat(unlocked.err()).contains("hint: run synapse lock");

    // Locked with another store, so that this one has to fetch it.
    String other = home.resolve("store").toString();
    var locked = project.program().run("-C", project.folder().toString(), "--store", other, "lock");
    assertThat(locked.status()).as(locked.err()).isZero();
    String written = Files.readString(lock);
    server.give("200 OK", WRONG);

    var corrupted = project.build();

    assertThat(corrupted.status()).isEqualTo(1);
    assertThat(corrupted.error())
        .isEqualTo("'%s' has hash %s, not %s".formatted(address, hash(WRONG), hash(RIGHT)));
    assertThat(project.outputs()).isEmpty();
    assertThat(project.linked()).isFalse();
    assertThat(project.leftovers()).isEmpty();
    assertThat(lock).hasContent(written);
    server.give("200 OK", RIGHT);
    var next = project.build();
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(project.folder().resolve("result")).hasContent("right\n");
  }
}
