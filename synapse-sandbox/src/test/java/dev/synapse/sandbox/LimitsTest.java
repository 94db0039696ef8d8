package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.sandbox.SandboxLevel.Mechanism;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class LimitsTest {
  /// Whether the launcher makes the sandboxes, or else bubblewrap.
  boolean launcher() {
    return true;
  }

  private static final long MEBIBYTE = 1L << 20;
  private static final long ENOUGH = 256 * MEBIBYTE;
  private static final int FEW = 50;

  /// Kept in memory, and shown to nobody: a string that grows.
  private static final String MEMORY_BOMB =
      "/usr/bin/perl -e '$x .= chr(65) x 8388608 while 1'; sleep 60";

  private static final String FORK_BOMB =
      "i=0; while [ $i -lt 5000 ]; do sleep 3600 & i=$((i+1)); done; sleep 3600";

  private Room room;

  @BeforeEach
  void furnish(@TempDir Path home) throws Exception {
    Room.bubblewrap(); // or skip
    room = new Room(home, launcher());
  }

  /// The one of this machine, and the one that works everywhere.
  static Stream<LimitMechanism> mechanisms() {
    return Stream.of(LimitMechanism.detect(), new Polling());
  }

  private Outcome run(LimitMechanism mechanism, String script, Limits limits) throws Exception {
    try (var runner = room.runner(mechanism)) {
      return Room.run(runner, room.shell(script), limits).outcome();
    }
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void aMemoryBombIsEnded(LimitMechanism mechanism) throws Exception {
    assertThat(run(mechanism, MEMORY_BOMB, Limits.NONE.withMemoryBytes(ENOUGH)))
        .isEqualTo(new Outcome.OutOfMemory(ENOUGH));
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void filesInMemoryCountAsMemory(LimitMechanism mechanism) throws Exception {
    String script =
        "head -c 40000000 /dev/zero >/dev/shm/file; head -c 40000000 /dev/zero >/tmp/file; sleep"
            + " 60";

    assertThat(run(mechanism, script, Limits.NONE.withMemoryBytes(64 * MEBIBYTE)))
        .isEqualTo(new Outcome.OutOfMemory(64 * MEBIBYTE));
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void aFolderInMemoryHoldsNoMoreThanTheLimit(LimitMechanism mechanism) throws Exception {
    Limits limits = Limits.NONE.withMemoryBytes(32 * MEBIBYTE);
    String script = "df -B1 --output=size /tmp /dev/shm >sizes";

    assertThat(run(mechanism, script, limits)).isEqualTo(new Outcome.Exited(0));
    assertThat(Files.readAllLines(room.build.resolve("sizes")).stream().skip(1))
        .allSatisfy(size -> assertThat(size.strip()).isEqualTo(Long.toString(32 * MEBIBYTE)));
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void aForkBombIsEnded(LimitMechanism mechanism) throws Exception {
    assertThat(run(mechanism, FORK_BOMB, Limits.NONE.withProcesses(FEW)))
        .isEqualTo(new Outcome.TooManyProcesses(FEW));
  }

  @ParameterizedTest
  @MethodSource("mechanisms")
  void whoStaysBelowTheLimitsSeesNothingOfThem(LimitMechanism mechanism) throws Exception {
    Limits limits =
        Limits.NONE.withMemoryBytes(ENOUGH).withProcesses(FEW).withOutputBytes(10 * MEBIBYTE);

    assertThat(run(mechanism, "sleep 1 & head -c 1000000 /dev/zero >file; wait", limits))
        .isEqualTo(new Outcome.Exited(0));
  }

  @Test
  void aFileThatGrowsTooLargeEndsTheBuild() throws Exception {
    Limits limits = Limits.NONE.withOutputBytes(MEBIBYTE);

    assertThat(room.run(room.shell("exec cat /dev/zero >file"), limits).outcome())
        .isEqualTo(new Outcome.OutputTooLarge(MEBIBYTE));
    assertThat(room.build.resolve("file")).hasSize(MEBIBYTE + HardLimit.FILE_SIZE_UNIT);
  }

  @Test
  void manyFilesThatAreTooMuchTogetherEndTheBuild() throws Exception {
    Limits limits = Limits.NONE.withOutputBytes(10 * MEBIBYTE);
    String script =
        "i=0; while :; do i=$((i+1)); head -c 1000000 /dev/zero >/nix/store/$i; sleep 0.05; done";

    assertThat(room.run(room.shell(script), limits).outcome())
        .isEqualTo(new Outcome.OutputTooLarge(10 * MEBIBYTE));
  }

  @Test
  void tooMuchWrittenJustBeforeTheEndIsFound() throws Exception {
    Limits limits = Limits.NONE.withOutputBytes(MEBIBYTE);
    String script = "for i in 1 2 3; do head -c 500000 /dev/zero >$i; done";

    assertThat(room.run(room.shell(script), limits).outcome())
        .isEqualTo(new Outcome.OutputTooLarge(MEBIBYTE));
  }

  @Test
  void aLogThatGrowsTooLargeEndsTheBuildAndIsKeptUpToTheLimit() throws Exception {
    Room.Result result =
        room.run(room.shell("exec yes aaaaaaa"), Limits.NONE.withOutputBytes(MEBIBYTE));

    assertThat(result.outcome()).isEqualTo(new Outcome.LogTooLarge(MEBIBYTE));
    assertThat(result.output()).hasSize((int) MEBIBYTE).startsWith("aaaaaaa\n");
  }

  @Test
  void theLogCountsTogetherWithWhatIsWrittenToFiles() throws Exception {
    Limits limits = Limits.NONE.withOutputBytes(MEBIBYTE);
    String script = "head -c 600000 /dev/zero >file; yes aaaaaaa | head -c 600000";

    assertThat(room.run(room.shell(script), limits).outcome())
        .isEqualTo(new Outcome.OutputTooLarge(MEBIBYTE));
    assertThat(room.run(room.shell(script + "; sleep 3600"), limits).outcome())
        .isEqualTo(new Outcome.OutputTooLarge(MEBIBYTE));
  }

  @Test
  void memoryFilesystemsHaveTheirSize() throws Exception {
    assertThat(room.run("head -c 80000000 /dev/zero >/tmp/file").output())
        .contains("No space left on device");
  }

  @Test
  void aBuildThatTakesTooLongIsEndedAndItsLastWordsAreKept() throws Exception {
    Duration limit = Duration.ofMillis(1500);
    Room.Result result =
        room.run(room.shell("echo last words; sleep 3600"), Limits.NONE.withWallTime(limit));

    assertThat(result).isEqualTo(new Room.Result(new Outcome.TimedOut(limit), "last words\n"));
  }

  @Test
  void aBuildThatSaysNothingForTooLongIsEnded() throws Exception {
    Duration limit = Duration.ofSeconds(2);
    String talkative = "for i in 1 2 3 4 5 6; do sleep 0.5; echo $i; done; ";
    Limits limits = Limits.NONE.withSilence(limit);

    assertThat(room.run(room.shell(talkative), limits).outcome()).isEqualTo(new Outcome.Exited(0));
    assertThat(room.run(room.shell(talkative + "sleep 3600"), limits))
        .isEqualTo(new Room.Result(new Outcome.SilentTooLong(limit), "1\n2\n3\n4\n5\n6\n"));
  }

  @Test
  void cancellingEndsEverythingWithinTwoSeconds() throws Exception {
    try (var runner = room.runner()) {
      SandboxedProcess process =
          runner.start(room.shell(hideAndStay()), Limits.NONE, (_, _, _) -> {});
      awaitFile(room.build.resolve("up"));
      assertThat(alive()).isNotEmpty();
      long start = System.nanoTime();
      process.cancel();

      assertThat(process.waitFor()).isEqualTo(new Outcome.Cancelled());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
      assertThat(alive()).isEmpty();
    }
  }

  @Test
  void nothingOutlivesTheBuild() throws Exception {
    assertThat(
            room.run(hideAndStay() + " & while [ ! -e up ]; do sleep 0.1; done; exit 0").outcome())
        .isEqualTo(new Outcome.Exited(0));
    assertThat(alive()).isEmpty();
  }

  @Test
  void nothingOutlivesAProgramThatIsKilled() throws Exception {
    Process program = startProgram();
    awaitFile(room.build.resolve("up"));
    assertThat(alive()).isNotEmpty();

    program.destroyForcibly().waitFor();

    awaitNobody();
  }

  /// At whatever moment: before bubblewrap is there, while it makes the room, and after.
  @Test
  void nothingOutlivesAProgramThatIsKilledWhileItStartsASandbox() throws Exception {
    for (int i = 0; i < 12; i++) {
      Process program = startProgram();
      awaitScratch();
      Thread.sleep(3L * i);
      program.destroyForcibly().waitFor();

      awaitNobody();
      SandboxRunner.deleteTree(room.home.resolve("program"));
    }
  }

  /// Until a launch script or a launcher was written.
  private void awaitScratch() throws Exception {
    Path scratch = room.home.resolve("scratch");
    Set<Path> before = Files.isDirectory(scratch) ? scripts(scratch) : Set.of();
    while (!Files.isDirectory(scratch) || before.containsAll(scripts(scratch))) {
      Thread.sleep(1);
    }
  }

  private static Set<Path> scripts(Path scratch) throws IOException {
    try (var files = Files.walk(scratch)) {
      return files
          .filter(file -> file.endsWith("start.sh") || file.endsWith("launcher"))
          .collect(Collectors.toSet());
    } catch (UncheckedIOException _) {
      return Set.of(); // being removed meanwhile
    }
  }

  @Test
  void nothingOutlivesAProgramThatIsInterrupted() throws Exception {
    Process program = startProgram();
    awaitFile(room.build.resolve("up"));

    program.destroy();
    assertThat(program.waitFor(5, TimeUnit.SECONDS)).isTrue();

    awaitNobody();
    assertThat(room.home.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void whatAKilledProgramLeftIsRemovedByTheNext() throws Exception {
    Process program = startProgram();
    awaitFile(room.build.resolve("up"));
    program.destroyForcibly().waitFor();
    awaitNobody();
    assertThat(room.home.resolve("scratch")).isNotEmptyDirectory();

    try (var runner = room.runner()) {
      assertThat(room.home.resolve("scratch")).isEmptyDirectory();
      assumeThat(runner.level().limits()).isEqualTo(Mechanism.CGROUP_V1);
    }
    assertThat(groupsOf(program.pid())).isEmpty();
  }

  private static List<Path> groupsOf(long owner) throws IOException {
    var groups = new ArrayList<Path>();
    try (var all =
        Files.find(
            Path.of("/sys/fs/cgroup"),
            8,
            (path, _) -> path.toString().contains("-" + owner + "-"))) {
      all.forEach(groups::add);
    }
    return groups;
  }

  /// Another Java program that runs a sandbox, as `synapse build` does.
  private Process startProgram() throws Exception {
    Room.bubblewrap();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "--enable-native-access=ALL-UNNAMED",
            Program.class.getName(),
            room.home.toString(),
            hideAndStay(),
            Boolean.toString(launcher()))
        .redirectErrorStream(true)
        .redirectOutput(room.home.resolve("program.log").toFile())
        .start();
  }

  /// The main class of [#startProgram()].
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws Exception {
      Path home = Path.of(arguments[0]);
      var room = new Room(Files.createDirectories(home.resolve("program")));
      Sandbox sandbox =
          room.shell(arguments[1])
              .withMounts(List.of(new Mount.Writable(home.resolve("build"), Path.of("/build"))));
      try (var runner =
          new SandboxRunner(
              Bubblewrap.locate(),
              home.resolve("scratch"),
              LimitMechanism.detect(),
              Boolean.parseBoolean(arguments[2]))) {
        runner.start(sandbox, Limits.NONE, System.out::write).waitFor();
      }
    }
  }

  /// Twice forked, in a session of its own, deaf to every polite signal.
  private String hideAndStay() {
    return "trap '' HUP INT TERM; (setsid sh -c \"trap '' HUP INT TERM; touch /build/up;"
        + " exec sleep "
        + number()
        + "\" &) ; sleep "
        + number();
  }

  /// A duration by which to find the test's own sleepers.
  private String number() {
    return "3600." + Integer.toUnsignedString(room.home.hashCode());
  }

  private List<String> alive() throws IOException {
    var found = new ArrayList<String>();
    try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        String command = commandOf(process);
        boolean sleeper = command.startsWith("sleep\0" + number());
        boolean script = command.startsWith("/bin/sh\0" + room.home);
        boolean launched = command.startsWith(room.home.toString()) && !isOurs(process);
        boolean bubblewrap = command.contains("bwrap\0") && command.contains(number());
        if (sleeper || script || launched || bubblewrap) {
          found.add(process.getFileName() + " " + command);
        }
      }
    }
    return found;
  }

  /// The launcher itself stays as long as its runner.
  private static boolean isOurs(Path process) {
    return ProcessTable.find(Long.parseLong(process.getFileName().toString()))
        .filter(found -> found.parent() == ProcessHandle.current().pid())
        .isPresent();
  }

  private static String commandOf(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"));
    } catch (IOException _) {
      return ""; // gone meanwhile
    }
  }

  private void awaitNobody() throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(2).toNanos();
    while (!alive().isEmpty()) {
      assertThat(System.nanoTime()).as("still running: " + alive()).isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static void awaitFile(Path file) throws Exception {
    while (!Files.exists(file)) {
      Thread.sleep(20);
    }
  }
}
