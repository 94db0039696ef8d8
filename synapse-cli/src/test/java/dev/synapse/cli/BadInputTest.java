package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.synapse.build.lock.Lock;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Manifests, locks and downloads that are not what they should be.
@Timeout(180)
final class BadInputTest {
  private static final byte[] RIGHT = "right\n".getBytes(StandardCharsets.UTF_8);
  private static final byte[] WRONG = "wrong\n".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path home;
  private final CountDownLatch halfSent = new CountDownLatch(1);
  private HttpServer server;
  private String address;
  private volatile Answer answer = Answer.RIGHT;

  private enum Answer {
    RIGHT,
    WRONG,
    /// The first half, and then nothing more.
    HALF
  }

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::reply);
    server.start();
    address = "http://127.0.0.1:%d/data-1.0".formatted(server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void reply(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, RIGHT.length);
    if (answer == Answer.HALF) {
      exchange.getResponseBody().write(RIGHT, 0, RIGHT.length / 2);
      exchange.getResponseBody().flush();
      halfSent.countDown();
      return; // open until the client is gone
    }
    exchange.getResponseBody().write(answer == Answer.RIGHT ? RIGHT : WRONG);
    exchange.close();
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
    answer = Answer.WRONG;
    String hash = Hash.of(HashAlgorithm.SHA256, RIGHT).toSri();
    Path folder = project(input() + "sha256 = \"" + hash + "\"\n");

    var refused = program().run("-C", folder.toString(), "lock");

    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.error())
        .contains("input 'data'", address, hash, Hash.of(HashAlgorithm.SHA256, WRONG).toSri());
    assertThat(folder.resolve(Lock.FILE_NAME)).doesNotExist();
    answer = Answer.RIGHT;
    var next = program().run("-C", folder.toString(), "lock");
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(parts()).isEmpty();
  }

  @Test
  void whatALockLeftThatWasKilledWhileItFetchedTheNextRemoves() throws Exception {
    answer = Answer.HALF;
    Path folder = project(input());

    var killed = program().start("-C", folder.toString(), "lock");
    halfSent.await();
    while (parts().isEmpty() && killed.process().isAlive()) {
      Thread.sleep(10);
    }
    killed.process().destroyForcibly().waitFor();

    assertThat(parts()).as("so that cleaning up can be seen").hasSize(1);
    assertThat(folder.resolve(Lock.FILE_NAME)).doesNotExist();
    answer = Answer.RIGHT;
    var next = program().run("-C", folder.toString(), "lock");
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(parts()).isEmpty();
  }

  @Test
  void withoutAServerNothingIsLocked() throws Exception {
    Path folder = project(input());
    server.stop(0);

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
    answer = Answer.WRONG;

    var corrupted = project.build();

    assertThat(corrupted.status()).isEqualTo(1);
    assertThat(corrupted.error())
        .isEqualTo(
            "'%s' has hash %s, not %s"
                .formatted(
                    address,
                    Hash.of(HashAlgorithm.SHA256, WRONG).toSri(),
                    Hash.of(HashAlgorithm.SHA256, RIGHT).toSri()));
    assertThat(project.outputs()).isEmpty();
    assertThat(project.linked()).isFalse();
    assertThat(project.leftovers()).isEmpty();
    assertThat(lock).hasContent(written);
    answer = Answer.RIGHT;
    var next = project.build();
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(project.folder().resolve("result")).hasContent("right\n");
  }
}
