package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.sandbox.Room.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SandboxRunnerTest {
  /// Whether the launcher makes the sandboxes, or else bubblewrap.
  boolean launcher() {
    return true;
  }

  private Room room;

  @BeforeEach
  void furnish(@TempDir Path home) throws Exception {
    Room.bubblewrap(); // or skip
    room = new Room(home, launcher());
  }

  @Test
  void runsAProgramAndHandsOnBothOfItsStreams() throws Exception {
    Result result = room.run("echo out; echo err >&2; exit 7");

    assertThat(result).isEqualTo(new Result(new Outcome.Exited(7), "out\nerr\n"));
  }

  @Test
  void leavesWhatTheProgramWroteInTheWritableFolder() throws Exception {
    room.run("umask >made; mkdir " + Room.OUTPUT + "; echo hello >" + Room.OUTPUT + "/file");

    assertThat(room.build.resolve("made")).hasContent("0022");
    assertThat(room.store.resolve(Room.OUTPUT.getFileName()).resolve("file")).hasContent("hello");
  }

  @Test
  void leavesNothingInTheScratchFolder() throws Exception {
    room.run("exit 0");

    assertThat(room.home.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void passesBytesThatAreNoTextAsArgumentsAndEnvironment() throws Exception {
    byte[] odd = {'a', '\'', (byte) 0xff, '\n', '"', '$', (byte) 0xfe, ' ', '\\'};
    Sandbox plain = room.around("/usr/bin/printf", "%s");
    var command = new ArrayList<>(plain.command());
    command.add(RawText.of(odd));
    var environment = new TreeMap<>(plain.environment());
    environment.put(RawText.of("ODD"), RawText.of(odd));
    var sandbox =
        new Sandbox(
            plain.mounts(), command, environment, plain.workingDirectory(), plain.identity());
    var argument = new ByteArrayOutputStream();
    var variables = new ByteArrayOutputStream();

    try (var runner = room.runner()) {
      runner.start(sandbox, Limits.NONE, argument::write).waitFor();
      runner
          .start(sandbox.withCommand(Room.words("/usr/bin/env")), Limits.NONE, variables::write)
          .waitFor();
    }

    assertThat(argument.toByteArray()).isEqualTo(odd);
    assertThat(variables.toString(StandardCharsets.ISO_8859_1))
        .contains("ODD=" + new String(odd, StandardCharsets.ISO_8859_1));
  }

  @Test
  void mountsFilesFoldersAndSymbolicLinks() throws Exception {
    Path link = Files.createSymbolicLink(room.home.resolve("link"), Path.of("file-target"));
    Path file = Files.writeString(room.home.resolve("it's a file\n"), "content");
    Sandbox sandbox =
        room.shell("cat /nix/store/file; readlink /nix/store/link; cat " + Room.INPUT + "/file")
            .withMounts(
                List.of(
                    new Mount.ReadOnly(file, Path.of("/nix/store/file")),
                    new Mount.ReadOnly(link, Path.of("/nix/store/link"))));

    assertThat(room.run(sandbox, Limits.NONE).output()).isEqualTo("contentfile-target\ninput");
  }

  @Test
  void mountsAThousandStorePaths() throws Exception {
    var mounts = new ArrayList<Mount>();
    for (int i = 0; i < 1000; i++) {
      Path path = Files.createDirectory(room.home.resolve("path-" + i));
      mounts.add(new Mount.ReadOnly(path, Path.of("/nix/store/path-" + i)));
    }
    Sandbox sandbox = room.shell("ls /nix/store | wc -l").withMounts(mounts);

    assertThat(room.run(sandbox, Limits.NONE).output().strip()).isEqualTo("1001");
  }

  @Test
  void refusesAMountThatIsNotThereByItsName() throws Exception {
    Path missing = room.home.resolve("missing");
    Sandbox sandbox =
        room.shell("true").withMounts(List.of(new Mount.ReadOnly(missing, Path.of("/x"))));

    assertThatThrownBy(() -> room.run(sandbox, Limits.NONE))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(missing.toString());
    assertThat(room.home.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void tellsARoomThatCouldNotBeMadeFromAProgramThatFails() {
    Sandbox plain = room.around("/bin/true");
    var nowhere =
        new Sandbox(
            plain.mounts(),
            plain.command(),
            plain.environment(),
            Path.of("/no/such/folder"),
            plain.identity());

    assertThatThrownBy(() -> room.run(nowhere, Limits.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("could not be set up")
        .hasMessageContaining("/no/such/folder");
  }

  @Test
  void tellsAProgramThatIsNoneFromARoomThatCouldNotBeMade() throws Exception {
    assertThat(room.run(room.around("/no/such/program"), Limits.NONE).outcome())
        .isEqualTo(new Outcome.NotStarted("/no/such/program: No such file or directory"));
    assertThat(room.run(room.around("/usr"), Limits.NONE).outcome())
        .isEqualTo(new Outcome.NotStarted("/usr: Permission denied"));
    String tooLong = "x".repeat(200_000);
    assertThat(room.run(room.around("/bin/echo", tooLong), Limits.NONE).outcome())
        .isInstanceOfSatisfying(
            Outcome.NotStarted.class,
            notStarted -> assertThat(notStarted.reason()).endsWith("Argument list too long"));
  }

  @Test
  void givesProgramsTheSameAddressesEachTime() throws Exception {
    int before = new AddressRandomisation().end();
    String allowed = Files.readString(Path.of("/proc/thread-self/personality"));
    new AddressRandomisation().restore(before);
    assumeThat(allowed).as("this machine lets a program fix its addresses").isEqualTo("00040000\n");

    assertThat(room.run("cat /proc/self/personality").output()).isEqualTo("00040000\n");
    assertThat(Path.of("/proc/thread-self/personality")).hasContent("00000000\n");
  }

  @Test
  void tellsAProgramTheNameOfItsFileAlone() throws Exception {
    assumeThat(room.hasLauncher() || Room.bubblewrap().setsProgramName())
        .as("the launcher, or bubblewrap 0.9 or newer")
        .isTrue();

    assertThat(room.run("echo $0").output()).isEqualTo("sh\n");
  }

  @Test
  void doesNotMistakeAClosedOutputForTheEnd() throws Exception {
    Result result = room.run("exec >&- 2>&-; sleep 1; echo late >/build/late; exit 4");

    assertThat(result.outcome()).isEqualTo(new Outcome.Exited(4));
    assertThat(room.build.resolve("late")).exists();
  }

  @Test
  void doesNotWaitForAProcessThatWasLeftBehindWithTheOutput() throws Exception {
    long start = System.nanoTime();

    Result result = room.run("setsid sleep 3600 & exit 5");

    assertThat(result.outcome()).isEqualTo(new Outcome.Exited(5));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void saysWhichSignalEndedTheProgram() throws Exception {
    // A first process cannot send itself what it does not handle; a shell says it of its child.
    assertThat(room.run("sh -c 'kill -11 $$'").outcome()).isEqualTo(new Outcome.Signalled(11));
  }

  @Test
  void endsWithTheProblemOfTheLog() throws Exception {
    try (var runner = room.runner()) {
      SandboxedProcess process =
          runner.start(
              room.shell("while :; do echo more; done"),
              Limits.NONE,
              (_, _, _) -> {
                throw new IOException("no space left for the log");
              });

      assertThatThrownBy(process::waitFor)
          .isInstanceOf(IOException.class)
          .hasMessage("no space left for the log");
    }
  }

  @Test
  void restrictsTheProcessorsAndOnlyThose() throws Exception {
    Sandbox count = room.around("/usr/bin/nproc");
    try (var runner = room.runner()) {
      String one = Room.run(runner, count, Limits.NONE.withProcessors(1)).output().strip();
      String all = Room.run(runner, count, Limits.NONE).output().strip();

      assertThat(one).isEqualTo("1");
      assertThat(all).isEqualTo(Integer.toString(Runtime.getRuntime().availableProcessors()));
    }
  }

  @Test
  void saysHowClosedTheRoomIs() throws Exception {
    try (var runner = room.runner()) {
      SandboxLevel level = runner.level();

      assertThat(level.bubblewrap()).matches("\\d+\\.\\d+\\.\\d+");
      assertThat(level.seccomp()).matches("[0-9a-f]{64}");
      assertThat(level.namespaces()).isEqualTo("cgroup ipc mount network pid user uts");
    }
  }

  @Test
  void usesTheLauncherWhereItIsToAndBubblewrapForWhatTheLauncherDoesNotMake() throws Exception {
    Path folder = Files.createDirectories(room.build.resolve("linked"));
    Files.createSymbolicLink(room.build.resolve("link"), Path.of("linked"));
    Sandbox throughALink =
        room.shell("ls /build/linked")
            .withMounts(List.of(new Mount.ReadOnly(room.otherFile, Path.of("/build/link/file"))));
    Sandbox plain = room.shell("exit 0");
    try (var runner = room.runner()) {
      runner.start(plain, Limits.NONE, (_, _, _) -> {}).waitFor();

      assertThat(runner.launches()).isEqualTo(launcher());
      assertThat(Room.run(runner, throughALink, Limits.NONE).output()).isEqualTo("file\n");
    }
    assertThat(folder).isNotEmptyDirectory();
  }
}
