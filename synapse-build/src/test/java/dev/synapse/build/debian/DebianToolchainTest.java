package dev.synapse.build.debian;

import static dev.synapse.build.debian.TestArchive.device;
import static dev.synapse.build.debian.TestArchive.file;
import static dev.synapse.build.debian.TestArchive.hardLink;
import static dev.synapse.build.debian.TestArchive.link;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.build.archive.ArchiveException;
import dev.synapse.build.archive.ArchiveProblem;
import dev.synapse.build.archive.TreeWriter;
import dev.synapse.build.debian.DebianProblem.Asked;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.FetchProblem;
import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.LoopbackServer;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.lock.LockedDeb;
import dev.synapse.build.manifest.Debian;
import dev.synapse.events.EventBus;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// From a signed archive to a root, with nothing run and nothing written elsewhere.
final class DebianToolchainTest {
  @TempDir Path folder;
  private TestKey key;
  private TestArchive archive;
  private final Map<String, List<URI>> bases = new LinkedHashMap<>();

  @BeforeEach
  void makeArchive() throws Exception {
    key = new TestKey();
    archive = new TestArchive(folder.resolve("mirror"), key);
    bases.put("debian", List.of(folder.resolve("mirror").toUri()));
  }

  @Test
  void packagesComeWithAllTheyNeedSortedByName() throws Exception {
    archive
        .add("tool", "1.0-1", "Depends: lib-b (>= 2), lib-a\nRecommends: never")
        .add("lib-a", "1", "Pre-Depends: base")
        .add("lib-b", "1:0.1", "Depends: lib-a (<< 2), tool:any")
        .add("base", "1", "")
        .add("never", "1", "")
        .publish();

    DebianLock lock = resolve("tool");

    assertThat(names(lock)).containsExactly("base", "lib-a", "lib-b", "tool");
    assertThat(lock.release())
        .isEqualTo(
            Hash.of(
                HashAlgorithm.SHA256,
                Files.readAllBytes(folder.resolve("mirror/dists/test/InRelease"))));
    assertThat(lock.debs().get(2).version()).isEqualTo("1:0.1");
    assertThat(lock.debs().get(2).file().path()).isEqualTo("pool/main/lib-b_0.1_amd64.deb");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "tool;base",
        "tool,second;second",
        "tool,provider-z;provider-z",
      })
  void anAlternativeThatIsThereAlreadyIsTaken(String wanted, String chosen) throws Exception {
    archive
        .add("tool", "1", "Depends: virtual | second")
        .add("second", "1", "")
        .add("base", "1", "Priority: required\nProvides: virtual")
        .add("provider-a", "1", "Priority: optional\nProvides: virtual")
        .add("provider-z", "1", "Priority: optional\nProvides: virtual (= 3)")
        .publish();

    assertThat(names(resolve(wanted.split(",", -1)))).containsExactlyInAnyOrder("tool", chosen);
  }

  @Test
  void aVersionIsOnlyProvidedWithAVersion() throws Exception {
    archive
        .add("tool", "1", "Depends: virtual (>= 2)")
        .add("aa-unversioned", "9", "Provides: virtual")
        .add("bb-low", "9", "Provides: virtual (= 1)")
        .add("cc-right", "1", "Provides: virtual (= 2)")
        .publish();

    assertThat(names(resolve("tool"))).containsExactly("cc-right", "tool");
  }

  @Test
  void oneThatConflictsWithWhatIsThereIsPassedOver() throws Exception {
    archive
        .add("tool", "1", "Depends: first | second")
        .add("first", "1", "Conflicts: tool")
        .add("second", "1", "")
        .publish();

    assertThat(names(resolve("tool"))).containsExactly("second", "tool");
  }

  @Test
  void aConflictThatCannotBeAvoidedIsReported() throws Exception {
    archive
        .add("tool", "1", "Depends: lib")
        .add("lib", "1", "")
        .add("other", "1", "Breaks: lib (<< 2)")
        .publish();

    assertThat(problem("tool", "other"))
        .isInstanceOfSatisfying(
            DebianProblem.Conflict.class,
            conflict -> {
              assertThat(List.of(conflict.name(), conflict.other())).contains("lib", "other");
              assertThat(conflict.relation()).isEqualTo("other breaks lib (<< 2)");
            });
  }

  @Test
  void whatIsMissingIsNamedWithTheChainThatAskedForIt() throws Exception {
    archive
        .add("tool", "1", "Depends: lib")
        .add("lib", "1", "Depends: gone (>= 2) | foreign:i386")
        .add("gone", "1", "")
        .add("foreign", "1", "")
        .publish();

    assertThat(problem("tool"))
        .isEqualTo(
            new DebianProblem.Missing(
                "test", "gone (>= 2) | foreign:i386", List.of("tool", "lib")));
  }

  @Test
  void whatThereIsNotIsToldWithTheNearestThatThereIs() throws Exception {
    archive.add("cccc", "1", "").add("gcc", "1", "").add("make", "1", "").publish();

    assertThat(problem("gccc"))
        .isEqualTo(
            new DebianProblem.Unknown(
                Asked.PACKAGE, "gccc", "the Debian suite test", List.of("gcc")));
    assertThat(problem("gccc").message())
        .isEqualTo("there is no package 'gccc' in the Debian suite test; did you mean 'gcc'?");
    assertThat(problem("quite-different").message()).endsWith("in the Debian suite test");
    assertThat(problem(asked("nosuite", List.of("gcc"))))
        .isEqualTo(
            new DebianProblem.Unknown(
                Asked.SUITE,
                "nosuite",
                "the mirror '" + folder.resolve("mirror").toUri() + "'",
                List.of("bookworm", "trixie")));
    assertThat(problem(new Debian("test", List.of("gcc"), List.of("mian"), "amd64")).message())
        .startsWith("there is no component 'mian' in the Debian suite test; did you mean 'main'?");
    Files.createDirectory(folder.resolve("empty"));
    bases.put("debian", List.of(folder.resolve("empty").toUri(), folder.resolve("mirror").toUri()));
    assertThat(names(resolve("gcc"))).containsExactly("gcc");
  }

  private DebianProblem problem(Debian asked) {
    return catchThrowableOfType(DebianException.class, () -> toolchain().resolve(asked)).problem();
  }

  @Test
  void aListOfAnotherSuiteOrTimeIsRefused() throws Exception {
    archive.add("tool", "1", "");
    archive.publish(
        "Date: Sat, 12 Sep 2026 07:55:41 UTC\nValid-Until: Sat, 19 Sep 2026 07:55:41 UTC");
    assertThat(problem("tool")).isInstanceOf(DebianProblem.Expired.class);

    archive.publish("Date: Fri, 25 Dec 2026 07:55:41 UTC");
    assertThat(problem("tool").message()).contains("made in the future");

    archive.publish();
    Files.createDirectories(folder.resolve("mirror/dists/other"));
    Files.copy(
        folder.resolve("mirror/dists/test/InRelease"),
        folder.resolve("mirror/dists/other/InRelease"));
    assertThat(
            catchThrowableOfType(
                    DebianException.class,
                    () -> toolchain().resolve(asked("other", List.of("tool"))))
                .problem()
                .message())
        .contains("the list of suite 'test', not of 'other'");
  }

  @Test
  void aListThatIsNotSignedByAKnownKeyIsRefusedAndTheNextMirrorAsked() throws Exception {
    archive.add("tool", "1", "").publish();
    Path evil = folder.resolve("evil");
    new TestArchive(evil, new TestKey()).add("tool", "2", "").publish();

    bases.put("debian", List.of(evil.toUri()));
    assertThat(problem("tool")).isInstanceOf(DebianProblem.BadSignature.class);

    bases.put("debian", List.of(evil.toUri(), folder.resolve("mirror").toUri()));
    assertThat(resolve("tool").debs().getFirst().version()).isEqualTo("1");
  }

  @Test
  void aListOfPackagesThatIsNotTheSignedOneIsRefused() throws Exception {
    archive.add("tool", "1", "").publish();
    Path packages = folder.resolve("mirror/dists/test/main/binary-amd64/Packages.xz");
    byte[] bytes = Files.readAllBytes(packages);
    bytes[bytes.length / 2] ^= 1;
    Files.write(packages, bytes);

    assertThat(catchThrowableOfType(FetchException.class, () -> resolve("tool")).problem())
        .isInstanceOf(FetchProblem.HashDiffers.class);
  }

  @Test
  void theRootHasAMergedUsrAndHarmlessModes() throws Exception {
    archive
        .add("base", "1", "", link("./bin", "usr/bin"), link("./lib64", "usr/lib64"))
        .add(
            "old",
            "1",
            "",
            file("./bin/sh", 04755, "#!"),
            file("./sbin/init", 0755, "i"),
            hardLink("./usr/bin/bash", "./bin/sh"))
        .add("new", "1", "", file("./usr/bin/mawk", 0755, "m"), file("./etc/conf", 0600, "c"))
        .publish();

    Path root = materialise(Map.of("/usr/bin/awk", "/usr/bin/mawk", "/usr/bin/nawk", "awk"));

    assertThat(Files.readSymbolicLink(root.resolve("bin"))).hasToString("usr/bin");
    assertThat(root.resolve("usr/sbin/init")).hasContent("i");
    assertThat(root.resolve("usr/bin/bash")).hasContent("#!");
    assertThat(Files.readSymbolicLink(root.resolve("usr/bin/awk"))).hasToString("/usr/bin/mawk");
    assertThat(permissions(root.resolve("usr/bin/sh"))).isEqualTo("rwxr-xr-x");
    assertThat(permissions(root.resolve("etc/conf"))).isEqualTo("rw-r--r--");
    assertThat(root.resolve("ran")).doesNotExist();
  }

  @Test
  void aLinkToWhatNoPackageBringsIsRefused() throws Exception {
    archive.add("tool", "1", "", file("./usr/bin/tool", 0755, "t")).publish();

    for (var link :
        List.of(
            Map.entry("/usr/bin/awk", "/usr/bin/mawk"),
            Map.entry("/usr/bin/tool", "/usr/bin/tool"),
            Map.entry("usr/bin/awk", "/usr/bin/tool"))) {
      assertThat(
              catchThrowableOfType(
                      DebianException.class,
                      () -> materialise(Map.of(link.getKey(), link.getValue())))
                  .problem())
          .isInstanceOf(DebianProblem.BadLink.class);
    }
    assertNothingLeft();
  }

  @Test
  void aFileThatTwoPackagesBringIsReported() throws Exception {
    archive
        .add("one", "1", "", file("./usr/bin/same", 0755, "1"))
        .add("two", "1", "", file("./bin/same", 0755, "2"))
        .publish();

    assertThat(archiveProblem())
        .isEqualTo(new ArchiveProblem.Conflict("usr/bin/same", "one", "two"));
    assertNothingLeft();
  }

  @Test
  void aPackageIsNotWrittenThroughTheLinkOfAnother() throws Exception {
    archive
        .add("one", "1", "", link("./usr/there", "/etc"))
        .add("two", "1", "", file("./usr/there/passwd", 0644, "x"))
        .publish();

    assertThat(archiveProblem()).isEqualTo(new ArchiveProblem.Conflict("usr/there", "one", "two"));
  }

  @Test
  void nothingLeavesTheRoot() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    var attacks =
        List.of(
            List.of(file("./../outside/evil", 0644, "x")),
            List.of(link("./up", "../../outside"), file("./up/evil", 0644, "x")),
            List.of(device("./dev/null")),
            List.of(hardLink("./stolen", "../mirror/dists/test/InRelease")));
    for (int i = 0; i < attacks.size(); i++) {
      archive = new TestArchive(folder.resolve("mirror"), key);
      archive.add("evil", "1." + i, "", attacks.get(i).toArray(TestArchive.Item[]::new)).publish();

      assertThat(archiveProblem()).isInstanceOf(ArchiveProblem.BadEntry.class);
    }
    assertThat(outside).isEmptyDirectory();
    assertNothingLeft();
  }

  @Test
  void anAbsoluteLinkIsFollowedWithinTheRoot() throws Exception {
    archive
        .add("own", "1", "", link("./usr/opt", "/outside"), file("./usr/opt/evil", 0644, "x"))
        .publish();

    Path root = materialise(Map.of());

    assertThat(root.resolve("outside/evil")).hasContent("x");
    assertThat(Path.of("/outside/evil")).doesNotExist();
  }

  @Test
  void aPackageThatIsNoneIsRefused() throws Exception {
    for (String text : List.of("", "!<arch>\n", "no package at all")) {
      Path deb = Files.writeString(folder.resolve("x.deb"), text);
      var tree = new TreeWriter(folder.resolve("tree"), TreeWriter.Links.FOLLOW);

      assertThat(
              catchThrowableOfType(DebianException.class, () -> DebFile.unpack(deb, tree, "x"))
                  .problem())
          .isInstanceOf(DebianProblem.Malformed.class);
    }
  }

  @Test
  void whatTheMirrorDroppedIsLookedForAtTheSnapshotService() throws Exception {
    archive.add("kept", "1", "").add("gone", "1:2+b1", "").publish();
    DebianLock lock = resolve("kept", "gone");
    Path pool = folder.resolve("mirror/pool/main/gone_2+b1_amd64.deb");
    byte[] deb = Files.readAllBytes(pool);
    Files.delete(pool);

    assertThat(
            catchThrowableOfType(DebianException.class, () -> toolchain().fetch(lock.debs()))
                .problem())
        .isInstanceOfSatisfying(
            DebianProblem.Gone.class,
            gone -> {
              assertThat(gone.name()).isEqualTo("gone");
              assertThat(gone.reason()).contains("'debian-snapshot'");
            });

    String info =
        """
        {"fileinfo": {"da39": [{"archive_name": "debian", "first_seen": "20260101T000000Z",
          "name": "gone_2+b1_amd64.deb", "path": "/pool/main/g", "size": 1}]}}
        """;
    try (var server =
        new LoopbackServer(
            (request, out) -> {
              switch (request.path()) {
                case "/mr/binary/gone/1:2+b1/binfiles?fileinfo=1" ->
                    LoopbackServer.reply(out, "200 OK", info.getBytes(StandardCharsets.UTF_8));
                case "/archive/debian/20260101T000000Z/pool/main/g/gone_2+b1_amd64.deb" ->
                    LoopbackServer.reply(out, "200 OK", deb);
                default -> LoopbackServer.reply(out, "404 Not Found", new byte[0]);
              }
            })) {
      bases.put("debian-snapshot", List.of(server.base()));

      Map<LockedDeb, Path> files = toolchain().fetch(lock.debs());

      assertThat(files.keySet()).containsExactlyElementsOf(lock.debs());
      assertThat(files.get(lock.debs().getFirst())).hasBinaryContent(deb);
    }
  }

  @Test
  void bubblewrapOfOurOwnIsStartedByItsOwnLoader() {
    assertThat(OwnBubblewrap.debs())
        .extracting(LockedDeb::name)
        .containsExactly("bubblewrap", "libc6", "libcap2", "libpcre2-8-0", "libselinux1");
    assertThat(OwnBubblewrap.commandLine(Path.of("/r")))
        .containsExactly(
            "/r/usr/lib64/ld-linux-x86-64.so.2",
            "--library-path",
            "/r/usr/lib/x86_64-linux-gnu",
            "/r/usr/bin/bwrap");
  }

  private DebianLock resolve(String... packages) throws Exception {
    return toolchain().resolve(asked("test", List.of(packages)));
  }

  private DebianProblem problem(String... packages) {
    return catchThrowableOfType(DebianException.class, () -> resolve(packages)).problem();
  }

  private ArchiveProblem archiveProblem() {
    return catchThrowableOfType(ArchiveException.class, () -> materialise(Map.of())).problem();
  }

  /// Every package of the archive, in a new root.
  private Path materialise(Map<String, String> links) throws Exception {
    Path root = folder.resolve("root");
    DebianLock all = resolve(archive.names().toArray(String[]::new));
    toolchain().materialise(all.debs(), new TreeMap<>(links), root);
    return root;
  }

  private DebianToolchain toolchain() throws Exception {
    var repositories = Repositories.of(bases);
    var host = new Host(Map.of(), folder, folder, List.of());
    var downloader =
        new Downloader(
            repositories,
            host,
            new EventBus(),
            new Downloader.Settings(4, 2, Duration.ofMillis(5), Duration.ofSeconds(5)));
    return archive.toolchain(repositories, downloader, folder.resolve("cache"));
  }

  private static Debian asked(String suite, List<String> packages) {
    return new Debian(suite, packages, List.of("main"), "amd64");
  }

  private static List<String> names(DebianLock lock) {
    return lock.debs().stream().map(LockedDeb::name).toList();
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.equals("root") || name.endsWith(".partial"));
    }
  }
}
