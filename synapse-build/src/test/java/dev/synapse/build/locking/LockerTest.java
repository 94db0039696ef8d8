package dev.synapse.build.locking;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.build.debian.DebianException;
import dev.synapse.build.debian.DebianToolchain;
import dev.synapse.build.debian.TestArchive;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.LoopbackServer;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.inputs.InputException;
import dev.synapse.build.inputs.InputStore;
import dev.synapse.build.lock.Lock;
import dev.synapse.build.lock.LockedDeb;
import dev.synapse.build.lock.LockedInput;
import dev.synapse.build.lock.LockedMaven;
import dev.synapse.build.lock.LockedToolchain;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.maven.MavenRun;
import dev.synapse.events.EventBus;
import dev.synapse.store.cache.Substitutes;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Locks what folders and a server of this machine have.
final class LockerTest {
  private static final Locker.Update KEEP = new Locker.Update(false, Set.of());
  private static final Locker.Update ALL = new Locker.Update(true, Set.of());
  private static final Locker.Update NAMED = new Locker.Update(false, Set.of("data"));
  private static final Pattern MIRROR =
      Pattern.compile("<mirrorOf>\\*</mirrorOf>\\s*<url>([^<]*)</url>");
  private static final List<String> EVERYDAY_TOOLS =
      List.of(
          "bash",
          "coreutils",
          "dash",
          "diffutils",
          "findutils",
          "grep",
          "gzip",
          "libc-bin",
          "mawk",
          "sed",
          "tar");

  @TempDir private Path folder;
  private Path repository;
  private LocalStore store;
  private TestArchive archive;
  private InputStore inputs;
  private GoalRunner goals =
      (_, wanted, _) -> {
        throw new AssertionError("nothing here has goals: " + wanted);
      };
  private Locker locker;

  @BeforeEach
  void open() throws Exception {
    repository = Files.createDirectory(folder.resolve("repository"));
    store = LocalStore.open(folder.resolve("store"));
    EventBus bus = new EventBus();
    archive = TestArchive.in(Files.createDirectory(folder.resolve("mirror")));
    Repositories repositories =
        Repositories.of(
            Map.of(
                Repositories.CENTRAL,
                List.of(repository.toUri()),
                Repositories.DEBIAN,
                List.of(folder.resolve("mirror").toUri())));
    Downloader downloader = new Downloader(repositories, Host.current(), bus);
    Path records = folder.resolve("store/synapse");
    DebianToolchain debian =
        archive.toolchain(repositories, downloader, records.resolve("downloads"));
    inputs = new InputStore(store, tools(downloader, debian), bus, records);
    locker =
        new Locker(
            inputs,
            downloader,
            debian,
            (manifest, wanted, soFar) -> goals.prepare(manifest, wanted, soFar),
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

  private static Manifest asking(String text) throws Exception {
    return Manifest.parse("[project]\nname = \"demo\"\nsource-date = 0\n\n" + text);
  }

  private Manifest askingAddress(String file, String more) throws Exception {
    return asking("[inputs.data]\nurl = \"%s\"\n%s\n".formatted(folder.toUri() + file, more));
  }

  @Test
  void aFileOfAnAddressIsLockedAsItIsAndNamedAfterIt() throws Exception {
    Files.writeString(folder.resolve("data.txt"), "content");

    Lock lock = locker.lock(askingAddress("data.txt", ""), Lock.empty(), KEEP).lock();

    LockedInput locked = requireNonNull(lock.inputs().get("data"));
    assertThat(locked.storeName()).isEqualTo("data.txt");
    assertThat(locked.sha256())
        .isEqualTo(Hash.of(HashAlgorithm.SHA256, "content".getBytes(US_ASCII)));
    assertThat(store.physical(inputs.input("data", locked))).hasContent("content");
    assertThat(locker.lock(askingAddress("data.txt", ""), lock, KEEP).changes()).isEmpty();
    assertThat(locker.lock(askingAddress("data.txt", ""), lock, NAMED).changes()).isEmpty();
  }

  @Test
  void aFileWhoseNameNoStorePathHasIsCalledSource() throws Exception {
    Files.writeString(folder.resolve(".hidden"), "content");

    Lock lock = locker.lock(askingAddress(".hidden", ""), Lock.empty(), KEEP).lock();

    assertThat(requireNonNull(lock.inputs().get("data")).storeName()).isEqualTo("source");
  }

  @Test
  void aFileThatIsNotWhatTheManifestSaysIsRefused() throws Exception {
    Files.writeString(folder.resolve("data.txt"), "content");
    String other = Hash.of(HashAlgorithm.SHA256, new byte[0]).toSri();

    assertThatThrownBy(
            () ->
                locker.lock(
                    askingAddress("data.txt", "sha256 = \"" + other + "\""), Lock.empty(), KEEP))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("input 'data': ")
        .hasMessageContaining(other)
        .hasMessageEndingWith("as the manifest says");
  }

  @Test
  void anInputThatTheManifestAsksForOtherwiseIsLookedUpAgain() throws Exception {
    Files.writeString(folder.resolve("data.txt"), "content");
    publish("1.2", "old");
    Lock first = locker.lock(manifest("1.2"), Lock.empty(), KEEP).lock();
    Manifest asFile =
        asking("[inputs.tool]\nurl = \"%s\"\n".formatted(folder.toUri() + "data.txt"));
    Manifest packed = asking("[inputs.tool]\nartifact = \"org.example:tool:1.2:zip\"\n");

    assertThat(locker.lock(asFile, first, KEEP).changes()).containsExactly("input tool: data.txt");
    assertThat(tool(locker.lock(packed, first, KEEP).lock()).unpack()).isFalse();
  }

  private Manifest askingTools(String suite, String packages) throws Exception {
    return asking(
        "[toolchains.base]\ndebian = { suite = \"%s\", packages = [%s] }\n"
            .formatted(suite, packages));
  }

  private void publishTools(String... more) throws Exception {
    for (String name : EVERYDAY_TOOLS) {
      archive.add(name, "1", "");
    }
    for (String name : more) {
      archive.add(name, "2", "");
    }
    archive.publish();
  }

  @Test
  void aToolchainHasTheEverydayToolsAndItsRootIsInTheStore() throws Exception {
    publishTools("gcc");

    LockResult result = locker.lock(askingTools("test", "\"gcc\""), Lock.empty(), KEEP);

    LockedToolchain locked = requireNonNull(result.lock().toolchains().get("base"));
    assertThat(locked.asked().packages()).containsExactly("gcc");
    assertThat(locked.debs())
        .extracting(LockedDeb::name)
        .contains("gcc")
        .containsAll(EVERYDAY_TOOLS);
    assertThat(result.changes()).containsExactly("toolchain base: 12 packages");
    assertThat(store.physical(inputs.toolchain("base", locked)).resolve("usr/share/gcc"))
        .hasContent("gcc");
    assertThat(locker.lock(askingTools("test", "\"gcc\""), result.lock(), KEEP).lock())
        .isEqualTo(result.lock());
  }

  @Test
  void whatNoArchiveHasIsNamedByWhereTheManifestAsksForIt() throws Exception {
    publishTools();

    assertThat(
            catchThrowableOfType(
                UnknownNameException.class,
                () -> locker.lock(askingTools("test", "\"gcc\""), Lock.empty(), KEEP)))
        .hasMessageContaining("there is no package 'gcc'")
        .satisfies(
            unknown -> {
              assertThat(unknown.tables()).containsExactly("toolchains", "base", "debian");
              assertThat(unknown.key()).isEqualTo("packages");
              assertThat(unknown.name()).isEqualTo("gcc");
            });
    assertThat(
            catchThrowableOfType(
                    UnknownNameException.class,
                    () -> locker.lock(askingTools("other", "\"gcc\""), Lock.empty(), KEEP))
                .key())
        .isEqualTo("suite");
  }

  @Test
  void aMirrorThatIsNotToBeTrustedIsNoUnknownName() throws Exception {
    TestArchive.in(folder.resolve("mirror")).add("bash", "1", "").publish();

    assertThatThrownBy(() -> locker.lock(askingTools("test", "\"bash\""), Lock.empty(), KEEP))
        .isInstanceOf(DebianException.class)
        .hasMessageContaining("is not signed by the Debian archive");
  }

  /// Goals that fetch files as Maven does, from where the settings lead.
  private GoalRunner fetching(String... paths) {
    return (_, _, soFar) -> {
      assertThat(soFar.toolchains()).containsKey("base");
      return (settings, _) -> {
        Matcher mirror = MIRROR.matcher(Files.readString(settings));
        assertThat(mirror.find()).isTrue();
        for (String path : paths) {
          try (var in = URI.create(mirror.group(1) + "/" + path).toURL().openStream()) {
            assertThat(in.readAllBytes()).isNotEmpty();
          }
        }
        return new MavenRun.Outcome(0, List.of());
      };
    };
  }

  private Manifest askingMaven() throws Exception {
    return asking(
        """
        [toolchains.base]
        debian = { suite = "test", packages = ["bash"] }

        [packages.demo]
        toolchain = "base"
        maven.record = ["verify"]
        """);
  }

  @Test
  void goalsAreRecordedAndWhatTheyReadIsTheRepositoryOfTheBuild() throws Exception {
    publishTools();
    publish("1.2", "one");
    publish("1.3", "two");
    goals = fetching("org/example/tool/1.2/tool-1.2.zip");

    LockResult first = locker.lock(askingMaven(), Lock.empty(), KEEP);
    goals = fetching("org/example/tool/1.3/tool-1.3.zip");
    LockResult second = locker.lock(askingMaven(), first.lock(), KEEP);

    assertThat(first.changes()).endsWith("maven demo: 1 files");
    assertThat(second.changes()).containsExactly("maven demo: 1 files, 1 new, 1 gone");
    LockedMaven locked = requireNonNull(second.lock().maven().get("demo"));
    assertThat(locked.goals()).containsExactly("verify");
    StorePath made = inputs.mavenRepository("demo", locked);
    assertThat(store.physical(made).resolve("org/example/tool/1.3/tool-1.3.zip"))
        .hasSameBinaryContentAs(repository.resolve("org/example/tool/1.3/tool-1.3.zip"));
    assertThat(locker.lock(askingMaven(), second.lock(), KEEP).changes()).isEmpty();
  }

  @Test
  void theRepositoryOfTheSameFilesIsRememberedUntilTheStoreLosesIt() throws Exception {
    publishTools();
    publish("1.2", "one");
    goals = fetching("org/example/tool/1.2/tool-1.2.zip");
    LockedMaven locked =
        requireNonNull(locker.lock(askingMaven(), Lock.empty(), KEEP).lock().maven().get("demo"));

    StorePath made = inputs.mavenRepository("demo", locked);
    assertThat(inputs.mavenRepository("another", locked)).isEqualTo(made);
    Path memory;
    try (Stream<Path> files = Files.list(folder.resolve("store/synapse/inputs"))) {
      memory = files.findFirst().orElseThrow();
    }
    assertThat(memory).hasContent(made.toString());
    Files.writeString(memory, "damaged");
    assertThat(inputs.mavenRepository("demo", locked)).isEqualTo(made);
    assertThat(memory).hasContent(made.toString());
  }

  @Test
  void whatASubstituteGivesIsNotFetched() throws Exception {
    publish("1.2", "one");
    LockedInput locked = tool(locker.lock(manifest("1.2"), Lock.empty(), KEEP).lock());
    try (LocalStore other = LocalStore.open(folder.resolve("other"))) {
      InputStore empty =
          new InputStore(
              other,
              new InputStore.Tools() {
                @Override
                public Downloader downloader() {
                  throw new AssertionError("nothing is fetched");
                }

                @Override
                public DebianToolchain debian() {
                  throw new AssertionError("nothing is fetched");
                }
              },
              new EventBus(),
              folder.resolve("other/synapse"));
      Substitutes all =
          new Substitutes() {
            @Override
            public SortedMap<StorePath, Offer> offers(Collection<StorePath> paths) {
              return new TreeMap<>();
            }

            @Override
            public SortedSet<StorePath> substitute(Collection<StorePath> paths) {
              return new TreeSet<>(paths);
            }
          };

      assertThat(empty.withSubstitutes(all).input("tool", locked))
          .isEqualTo(inputs.input("tool", locked));
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
