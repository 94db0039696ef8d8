package dev.synapse.build.locking;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.build.debian.DebianToolchain;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.LoopbackServer;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.inputs.InputException;
import dev.synapse.build.inputs.InputStore;
import dev.synapse.build.lock.Lock;
import dev.synapse.build.lock.LockedInput;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.events.EventBus;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Locks artifacts of a repository that is a folder.
final class LockerTest {
  private static final Locker.Update KEEP = new Locker.Update(false, Set.of());
  private static final Locker.Update ALL = new Locker.Update(true, Set.of());

  @TempDir private Path folder;
  private Path repository;
  private LocalStore store;
  private InputStore inputs;
  private Locker locker;

  @BeforeEach
  void open() throws Exception {
    repository = Files.createDirectory(folder.resolve("repository"));
    store = LocalStore.open(folder.resolve("store"));
    EventBus bus = new EventBus();
    Repositories repositories =
        Repositories.of(Map.of(Repositories.CENTRAL, List.of(URI.create(repository.toUri() + ""))));
    Downloader downloader = new Downloader(repositories, Host.current(), bus);
    Path records = folder.resolve("store/synapse");
    DebianToolchain debian =
        new DebianToolchain(repositories, downloader, records.resolve("downloads"));
    inputs = new InputStore(store, tools(downloader, debian), bus, records);
    locker =
        new Locker(
            inputs,
            downloader,
            debian,
            (_, wanted, _) -> {
              throw new AssertionError("nothing here has goals: " + wanted);
            },
            bus);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private static Manifest manifest(String version) throws Exception {
    return Manifest.parse(
        """
        [project]
        name = "demo"
        version = "1"
        source-date = 0

        [inputs.tool]
        artifact = "org.example:tool:%s:zip"
        unpack = true
        """
            .formatted(version));
  }

  private static InputStore.Tools tools(Downloader downloader, DebianToolchain debian) {
    return new InputStore.Tools() {
      @Override
      public Downloader downloader() {
        return downloader;
      }

      @Override
      public DebianToolchain debian() {
        return debian;
      }
    };
  }

  private static LockedInput tool(Lock lock) {
    return requireNonNull(lock.inputs().get("tool"));
  }

  private void publish(String version, String contents) throws IOException {
    Path file =
        Files.createDirectories(repository.resolve("org/example/tool/" + version))
            .resolve("tool-" + version + ".zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      ZipEntry entry = new ZipEntry("tool/readme");
      entry.setTime(0);
      zip.putNextEntry(entry);
      zip.write(contents.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    }
  }

  private void list(String... versions) throws IOException {
    StringBuilder metadata = new StringBuilder("<metadata><versioning><versions>");
    for (String version : versions) {
      metadata.append("<version>").append(version).append("</version>");
    }
    Files.writeString(
        repository.resolve("org/example/tool/maven-metadata.xml"),
        metadata + "</versions></versioning></metadata>");
  }

  @Test
  void locksTheNewestVersionThatAPatternAdmitsAndPutsItIntoTheStore() throws Exception {
    publish("1.2", "old");
    publish("1.10", "new");
    publish("2.0", "too new");
    list("1.2", "1.10", "2.0");

    LockResult result = locker.lock(manifest("1.x"), Lock.empty(), KEEP);

    LockedInput locked = tool(result.lock());
    assertThat(locked.storeName()).isEqualTo("tool-1.10.zip");
    StorePath path = inputs.input("tool", locked);
    assertThat(store.physical(path).resolve("readme")).hasContent("new");
    assertThat(result.changes()).containsExactly("input tool: tool-1.10.zip");
  }

  @Test
  void keepsWhatIsLockedUntilToldToLookAgain() throws Exception {
    publish("1.2", "old");
    list("1.2");
    Lock first = locker.lock(manifest("1.x"), Lock.empty(), KEEP).lock();
    publish("1.3", "new");
    list("1.2", "1.3");

    assertThat(locker.lock(manifest("1.x"), first, KEEP).lock()).isEqualTo(first);
    assertThat(tool(locker.lock(manifest("1.x"), first, ALL).lock()).storeName())
        .isEqualTo("tool-1.3.zip");
  }

  @Test
  void refusesTheBytesOfOneVersionUnderTheNameOfAnother() throws Exception {
    publish("1.2", "same");
    publish("1.3", "same");
    Lock first = locker.lock(manifest("1.2"), Lock.empty(), KEEP).lock();

    assertThatThrownBy(() -> locker.lock(manifest("1.3"), first, KEEP))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tool");
  }

  @Test
  void refusesAFileThatIsNotWhatWasLockedAndKeepsNothingOfIt() throws Exception {
    publish("1.2", "right");
    Lock lock = locker.lock(manifest("1.2"), Lock.empty(), KEEP).lock();
    publish("1.2", "wrong");
    try (LocalStore other = LocalStore.open(folder.resolve("other"))) {
      EventBus bus = new EventBus();
      Repositories repositories =
          Repositories.of(
              Map.of(Repositories.CENTRAL, List.of(URI.create(repository.toUri() + ""))));
      Downloader downloader = new Downloader(repositories, Host.current(), bus);
      Path records = folder.resolve("other/synapse");
      InputStore empty =
          new InputStore(
              other,
              tools(
                  downloader,
                  new DebianToolchain(repositories, downloader, records.resolve("downloads"))),
              bus,
              records);

      assertThatThrownBy(() -> empty.input("tool", tool(lock)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("sha256-");
      assertThat(other.allValid()).isEmpty();
    }
  }

  @Test
  void aCutDownloadGoesOnWhereTheManifestSaysTheHash() throws Exception {
    byte[] content = "x".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
    LoopbackServer.Answer cutOnce =
        (request, out) -> {
          String range = request.headers().get("Range");
          if (range == null) {
            LoopbackServer.head(out, "200 OK", content.length);
            out.write(content, 0, 60_000);
            out.flush();
            while (!hasPart(60_000)) {
              Thread.sleep(1);
            }
          } else {
            LoopbackServer.reply(
                out,
                "206 Partial Content",
                Arrays.copyOfRange(content, 60_000, content.length),
                "Content-Range: bytes 60000-99999/100000");
          }
        };
    try (var server = new LoopbackServer(cutOnce)) {
      Manifest manifest =
          Manifest.parse(
              """
              [project]
              name = "demo"
              source-date = 0

              [inputs.data]
              url = "%sdata"
              sha256 = "%s"
              """
                  .formatted(server.base(), Hash.of(HashAlgorithm.SHA256, content).toSri()));

      Lock lock = locker.lock(manifest, Lock.empty(), KEEP).lock();

      assertThat(lock.inputs()).containsOnlyKeys("data");
      assertThat(server.asked()).hasSize(2);
      assertThat(server.asked().getLast().headers()).containsEntry("Range", "bytes=60000-");
    }
  }

  private boolean hasPart(long size) throws IOException {
    try (Stream<Path> files = Files.list(inputs.downloads())) {
      for (Path file : files.filter(each -> each.toString().endsWith(".part")).toList()) {
        if (Files.size(file) == size) {
          return true;
        }
      }
    }
    return false;
  }
}
