package dev.synapse.build.project;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.build.debian.DebianToolchain;
import dev.synapse.build.debian.TestArchive;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.inputs.InputException;
import dev.synapse.build.inputs.InputStore;
import dev.synapse.build.lock.Lock;
import dev.synapse.build.locking.Locker;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.maven.MavenRun;
import dev.synapse.build.plan.PlannedInputs;
import dev.synapse.build.realise.RealiseSettings;
import dev.synapse.build.realise.UnconfinedRooms;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.RawText;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.store.local.LocalStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a package is built from, out of a folder, a lock and the archives of this machine; and the
/// goals that are run with it.
final class ProjectInputsTest {
  private static final String HEAD =
      """
      [project]
      name = "demo"
      source-date = 0

      [toolchains.base]
      debian = { suite = "test", packages = ["bash"] }
      env = { JAVA_HOME = "/usr/lib/jvm/java" }

      """;
  private static final String EVERYDAY_TOOLS =
      "bash coreutils dash diffutils findutils grep gzip libc-bin mawk sed tar";
  private static final InetSocketAddress PROXY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1234);

  @TempDir private Path folder;
  private Path project;
  private LocalStore store;
  private ProjectInputs inputs;
  private Locker locker;
  private final UnconfinedRooms rooms = new UnconfinedRooms();
  private final EventBus bus = new EventBus();

  @BeforeEach
  void open() throws Exception {
    project = Files.createDirectories(folder.resolve("project"));
    Files.createDirectories(project.resolve("src"));
    Files.writeString(project.resolve("src/main.c"), "main");
    Files.writeString(project.resolve("notes"), "notes");
    Files.writeString(folder.resolve("data.txt"), "data");
    TestArchive archive = TestArchive.in(Files.createDirectory(folder.resolve("mirror")));
    for (String name : EVERYDAY_TOOLS.split(" ", -1)) {
      archive.add(name, "1", "");
    }
    archive.publish();
    store = LocalStore.open(folder.resolve("store"));
    Path records = folder.resolve("store/synapse");
    Repositories repositories =
        Repositories.of(Map.of(Repositories.DEBIAN, List.of(folder.resolve("mirror").toUri())));
    Downloader downloader = new Downloader(repositories, Host.current(), bus);
    DebianToolchain debian =
        archive.toolchain(repositories, downloader, records.resolve("downloads"));
    InputStore all = new InputStore(store, new Tools(downloader, debian), bus, records);
    inputs = new ProjectInputs(project, store, all);
    locker =
        new Locker(
            all,
            downloader,
            debian,
            (_, _, _) -> (_, _) -> new MavenRun.Outcome(0, List.of()),
            bus);
  }

  private record Tools(Downloader downloader, DebianToolchain debian) implements InputStore.Tools {}

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private Lock lock(Manifest manifest) throws Exception {
    return locker.lock(manifest, Lock.empty(), new Locker.Update(false, Set.of())).lock();
  }

  private PlannedInputs prepare(Manifest manifest) throws Exception {
    return inputs.prepare(manifest, wanted(manifest), lock(manifest), true);
  }

  private static PackageSpec wanted(Manifest manifest) {
    return manifest.packages().firstEntry().getValue();
  }

  private Manifest manifest(String wanted) throws Exception {
    return Manifest.parse(
        HEAD
            + "[inputs.data]\nurl = \"%sdata.txt\"\n\n".formatted(folder.toUri())
            + "[packages.demo]\ntoolchain = \"base\"\n"
            + wanted);
  }

  @Test
  void sourcesAreTheFilesThatGlobsNameAndInputsWhatIsLocked() throws Exception {
    PlannedInputs planned =
        prepare(
            manifest(
                """
                inputs = ["data"]
                source = { include = ["**"], exclude = ["notes"] }
                """));

    assertThat(planned.source().name()).isEqualTo("demo-source");
    assertThat(store.physical(planned.source()).resolve("src/main.c")).hasContent("main");
    assertThat(store.physical(planned.source()).resolve("notes")).doesNotExist();
    assertThat(store.physical(requireNonNull(planned.inputs().get("data")))).hasContent("data");
    assertThat(store.physical(planned.toolchain()).resolve("usr/share/bash")).hasContent("bash");
    assertThat(planned.mavenRepository()).isEmpty();
  }

  @Test
  void sourcesMayBeAnInput() throws Exception {
    PlannedInputs planned =
        prepare(manifest("source = { input = \"data\" }\nphases.unpack = \"cp $src .\"\n"));

    assertThat(store.physical(planned.source())).hasContent("data");
  }

  @Test
  void sourcesThatGitKnowsAreTakenOfIt() throws Exception {
    git("init", "--quiet");
    git("add", "src/main.c");

    PlannedInputs planned = prepare(manifest("source = { git = true }\n"));

    assertThat(store.physical(planned.source()).resolve("src/main.c")).hasContent("main");
    assertThat(store.physical(planned.source()).resolve("notes")).doesNotExist();
  }

  private void git(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-C", project.toString()));
    command.addAll(List.of(words));
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  @Test
  void theRecordedRepositoryIsThereWhereItIsAskedFor() throws Exception {
    Manifest manifest = manifest("source.include = [\"src\"]\nmaven.record = [\"verify\"]\n");
    Lock lock = lock(manifest);

    assertThat(inputs.prepare(manifest, wanted(manifest), lock, true).mavenRepository())
        .hasValueSatisfying(
            repository -> assertThat(repository.name()).isEqualTo("demo-maven-repository"));
    assertThat(inputs.prepare(manifest, wanted(manifest), lock, false).mavenRepository()).isEmpty();
  }

  @Test
  void whatTheLockLacksIsNamedWithWhatToDo() throws Exception {
    Manifest manifest =
        manifest("inputs = [\"data\"]\nsource.include = [\"**\"]\nmaven.record = [\"verify\"]\n");
    Lock whole = lock(manifest);
    Map<String, Lock> lacking =
        Map.of(
            "toolchains.base",
            Lock.empty(),
            "inputs.data",
            new Lock(Lock.empty().inputs(), whole.toolchains(), whole.maven()),
            "maven.demo",
            new Lock(whole.inputs(), whole.toolchains(), Lock.empty().maven()));

    lacking.forEach(
        (entry, lock) ->
            assertThatThrownBy(() -> inputs.prepare(manifest, wanted(manifest), lock, true))
                .isInstanceOf(InputException.class)
                .hasMessage("synapse.lock has no entry '%s'; run synapse lock", entry));
  }

  private RoomGoalRunner runner() {
    var settings = new RealiseSettings(Limits.NONE, 1, false, List.of());
    return new RoomGoalRunner(inputs, store, rooms.goalRoom(store, bus, settings));
  }

  @Test
  void goalsRunWithTheEnvironmentOfTheBuildAndTheRecordingsOptions() throws Exception {
    Manifest manifest = manifest("source.include = [\"src\"]\nmaven.record = [\"verify\"]\n");
    Path settings = Files.writeString(folder.resolve("settings.xml"), "<settings/>");

    MavenRun.Outcome outcome =
        runner().prepare(manifest, wanted(manifest), lock(manifest)).run(settings, PROXY);

    // The builder's own script is what runs, and it runs in a room alone.
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.lastLines())
        .singleElement()
        .asString()
        .startsWith("error: not in a sandbox");
    assertThat(rooms.reached()).containsExactly(PROXY);
    Sandbox room = rooms.made().getFirst();
    assertThat(room.environment())
        .containsEntry(RawText.of("recordGoals"), RawText.of("verify"))
        .containsEntry(RawText.of("JAVA_HOME"), RawText.of("/usr/lib/jvm/java"));
    assertThat(room.environment().get(RawText.of("recordOptions")))
        .asString()
        .contains("--settings=/synapse-settings.xml", "-Dmaven.repo.local=/build/maven");
    assertThat(room.mounts())
        .contains(new Mount.ReadOnly(settings, Path.of("/synapse-settings.xml")));
  }

  @Test
  void goalsAreNotRunWithoutSourcesOrBehindAnythingButAPort() throws Exception {
    Manifest none = manifest("source.include = [\"nothing\"]\nmaven.record = [\"verify\"]\n");
    Manifest some = manifest("source.include = [\"src\"]\nmaven.record = [\"verify\"]\n");
    Lock lock = lock(some);
    MavenRun run = runner().prepare(some, wanted(some), lock);

    assertThatThrownBy(() -> runner().prepare(none, wanted(none), lock))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'nothing'");
    assertThatThrownBy(() -> run.run(folder, UnixDomainSocketAddress.of(folder.resolve("socket"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(rooms.made()).isEmpty();
  }
}
