package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.sandbox.Room.Result;
import dev.synapse.sandbox.SandboxLevel.Mechanism;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the runner does with the processes it starts, whatever confines them: with a [StandIn], so
/// that it runs also where no room can be made.
@Timeout(120)
final class RunnerTest {
  private static final long MEBIBYTE = 1L << 20;
  private static final String NEW = "0.11.0";

  @TempDir private Path home;
  private Path work;
  private Path scratch;
  private StandIn standIn;

  @BeforeEach
  void prepare() throws Exception {
    work = Files.createDirectory(home.resolve("work"));
    scratch = home.resolve("scratch");
    standIn = new StandIn(home.resolve("bin"), NEW);
  }

  private SandboxRunner runner() throws Exception {
    return runner(new Polling());
  }

  private SandboxRunner runner(LimitMechanism mechanism) throws Exception {
    return new SandboxRunner(standIn.bubblewrap(), scratch, mechanism, false);
  }

  private Sandbox around(String... command) {
    var environment = new TreeMap<>(Map.of(RawText.of("PATH"), RawText.of("/usr/bin:/bin")));
    List<Mount> mounts = List.of(new Mount.Writable(work, work));
    return new Sandbox(mounts, Room.words(command), environment, work, Identity.BUILDER);
  }

  private Sandbox shell(String script) {
    return around("/bin/sh", "-c", script);
  }

  private Result run(Sandbox sandbox, Limits limits) throws Exception {
    try (var runner = runner()) {
      return Room.run(runner, sandbox, limits);
    }
  }

  private Result run(String script) throws Exception {
    return run(shell(script), Limits.NONE);
  }

  private Outcome outcome(String script, Limits limits) throws Exception {
    return run(shell(script), limits).outcome();
  }

  @Test
  void handsOnBothStreamsAndTheExitCode() throws Exception {
    assertThat(run("echo out; echo err >&2; exit 7"))
        .isEqualTo(new Result(new Outcome.Exited(7), "out\nerr\n"));
  }

  @Test
  void handsOnMoreThanABufferHolds() throws Exception {
    String output = run("head -c 300000 /dev/zero | tr '\\0' x; echo end").output();

    assertThat(output).hasSize(300_004).startsWith("xxx").endsWith("xend\n");
  }

  @Test
  void startsInItsFolderWithItsEnvironmentAlone() throws Exception {
    assertThat(run("pwd >where; exec env").output().lines())
        .contains("PATH=/usr/bin:/bin")
        .allMatch(line -> line.matches("(PATH|PWD|OLDPWD|SHLVL|_)=.*"));
    assertThat(work.resolve("where")).hasContent(work.toString());
  }

  @Test
  void givesAnEmptyStandardInputAndTheUsualMask() throws Exception {
    assertThat(run("cat; umask").output()).isEqualTo("0022\n");
  }

  @Test
  void saysWhichSignalEndedTheProgram() throws Exception {
    assertThat(run("kill -11 $$").outcome()).isEqualTo(new Outcome.Signalled(11));
  }

  @Test
  void tellsAProgramThatIsNoneFromARoomThatCouldNotBeMade() throws Exception {
    assertThat(run(around("/no/such/program"), Limits.NONE).outcome())
        .isEqualTo(new Outcome.NotStarted("/no/such/program: No such file or directory"));

    Sandbox plain = around("/bin/true");
    var nowhere =
        new Sandbox(
            plain.mounts(),
            plain.command(),
            plain.environment(),
            Path.of("/no/such/folder"),
            plain.identity());
    assertThatThrownBy(() -> run(nowhere, Limits.NONE))
        .isInstanceOf(IOException.class)
        .hasMessage("the sandbox could not be set up: bwrap: Can't chdir to /no/such/folder");
  }

  @Test
  void refusesAMountThatIsNotThereByItsName() {
    Path missing = home.resolve("missing");
    Sandbox sandbox = shell("true").withMounts(List.of(new Mount.ReadOnly(missing, Path.of("/x"))));

    assertThatThrownBy(() -> run(sandbox, Limits.NONE))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(missing + ": needed in a sandbox, but not there");
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void refusesMoreThanBubblewrapTakesAndLeavesNothingBehind() {
    var mounts = new ArrayList<Mount>();
    for (int i = 0; i < 3000; i++) {
      mounts.add(new Mount.ReadOnly(work, Path.of("/mount-" + i)));
    }
    Sandbox large = shell("true").withMounts(mounts);

    assertThatThrownBy(() -> run(large, Limits.NONE)).isInstanceOf(SandboxTooLargeException.class);
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void tellsOfLinksAsLinksAndLetsNoFolderInMemoryBeLargerThanAllMemory() throws Exception {
    Path link = Files.createSymbolicLink(home.resolve("link"), Path.of("target"));
    Sandbox sandbox =
        shell("true")
            .withMounts(
                List.of(
                    new Mount.ReadOnly(link, Path.of("/link")),
                    new Mount.Temporary(Path.of("/small"), 5),
                    new Mount.Temporary(Path.of("/large"), 1000 * MEBIBYTE),
                    new Mount.Dev(Path.of("/dev"), 1000 * MEBIBYTE)));

    run(sandbox, Limits.NONE.withMemoryBytes(500 * MEBIBYTE));

    String limit = Long.toString(500 * MEBIBYTE);
    assertThat(standIn.told())
        .containsSequence("--symlink", "target", "/link")
        .containsSequence("--size", "5", "--tmpfs", "/small")
        .containsSequence("--size", limit, "--tmpfs", "/large")
        .containsSequence("--size", limit, "--tmpfs", "/dev/shm")
        .doesNotContain(link.toString());
  }

  @Test
  void laysOutTextsAsFilesThatNobodyWrites() throws Exception {
    Sandbox sandbox =
        shell("cd " + scratch + "/synapse-*; cat text-0 text-1; ls -l text-1 | cut -c 1-10")
            .withMounts(
                List.of(
                    new Mount.Text("first ", Path.of("/first")),
                    new Mount.Text("second\n", Path.of("/second"))));

    assertThat(run(sandbox, Limits.NONE).output()).isEqualTo("first second\n-r--r--r--\n");
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void tellsAProgramTheNameOfItsFileWhereBubblewrapCan() throws Exception {
    run("true");
    assertThat(standIn.told()).containsSequence("--argv0", "sh");

    standIn = new StandIn(home.resolve("old"), "0.8.0");
    run("true");
    assertThat(standIn.told()).isNotEmpty().doesNotContain("--argv0");
  }

  @Test
  void takesWhatWasLeftInItsSessionWithIt() throws Exception {
    assertThat(run("sleep 3600 & echo $! >pid; exit 5").outcome()).isEqualTo(new Outcome.Exited(5));
    awaitDead("pid");
  }

  @Test
  void doesNotMistakeAClosedOutputForTheEnd() throws Exception {
    assertThat(run("exec >&- 2>&-; sleep 0.5; echo late >late; exit 4").outcome())
        .isEqualTo(new Outcome.Exited(4));
    assertThat(work.resolve("late")).hasContent("late");
  }

  @Test
  void aProgramThatTakesTooLongIsEndedWithItsChildrenAndItsLastWordsAreKept() throws Exception {
    Duration limit = Duration.ofMillis(1500);
    Result result =
        run(
            shell("echo last words; sleep 3600 & echo $! >pid; wait"),
            Limits.NONE.withWallTime(limit));

    assertThat(result).isEqualTo(new Result(new Outcome.TimedOut(limit), "last words\n"));
    awaitDead("pid");
  }

  @Test
  void aProgramThatSaysNothingForTooLongIsEnded() throws Exception {
    Duration limit = Duration.ofMillis(1500);

    assertThat(run(shell("echo 1; sleep 3600"), Limits.NONE.withSilence(limit)))
        .isEqualTo(new Result(new Outcome.SilentTooLong(limit), "1\n"));
  }

  @Test
  void aLogThatGrowsTooLargeIsKeptUpToTheLimit() throws Exception {
    Result result = run(around("/usr/bin/yes", "aaaaaaa"), Limits.NONE.withOutputBytes(MEBIBYTE));

    assertThat(result.outcome()).isEqualTo(new Outcome.LogTooLarge(MEBIBYTE));
    assertThat(result.output()).hasSize((int) MEBIBYTE).startsWith("aaaaaaa\n");
  }

  @Test
  void aFileThatGrowsTooLargeEndsTheProgram() throws Exception {
    assertThat(outcome("exec cat /dev/zero >file", Limits.NONE.withOutputBytes(MEBIBYTE)))
        .isEqualTo(new Outcome.OutputTooLarge(MEBIBYTE));
    assertThat(work.resolve("file")).hasSize(MEBIBYTE + HardLimit.FILE_SIZE_UNIT);
  }

  @Test
  void filesThatAreTooMuchTogetherAreFoundWhileItRunsAndAfterIt() throws Exception {
    String files = "for i in 1 2 3; do head -c 500000 /dev/zero >$i; done";
    Limits limits = Limits.NONE.withOutputBytes(MEBIBYTE);
    var tooLarge = new Outcome.OutputTooLarge(MEBIBYTE);

    assertThat(outcome(files, limits)).isEqualTo(tooLarge);
    assertThat(outcome(files + "; sleep 3600", limits)).isEqualTo(tooLarge);
  }

  @Test
  void whatIsBelowAllLimitsIsNotTouched() throws Exception {
    Limits limits =
        Limits.NONE
            .withOutputBytes(10 * MEBIBYTE)
            .withMemoryBytes(500 * MEBIBYTE)
            .withProcesses(50)
            .withWallTime(Duration.ofMinutes(5))
            .withSilence(Duration.ofMinutes(5));

    // Longer than until what it wrote is measured.
    assertThat(outcome("head -c 1000000 /dev/zero >file; sleep 1.5; exit 3", limits))
        .isEqualTo(new Outcome.Exited(3));
  }

  @Test
  void memoryOfAllProcessesIsCounted() throws Exception {
    // Each tail holds what it has read; both together are more than the limit.
    String hold = "head -c 40000000 /dev/zero | tail -c 40000000 | sleep 3600 & ";

    assertThat(outcome(hold + hold + "wait", Limits.NONE.withMemoryBytes(60_000_000)))
        .isEqualTo(new Outcome.OutOfMemory(60_000_000));
  }

  @Test
  void processesAreCounted() throws Exception {
    assertThat(
            outcome(
                "for i in 1 2 3 4 5 6 7 8 9; do sleep 3600 & done; wait",
                Limits.NONE.withProcesses(8)))
        .isEqualTo(new Outcome.TooManyProcesses(8));
  }

  @Test
  void cancellingEndsTheProgramAndItsChildren() throws Exception {
    try (var runner = runner()) {
      SandboxedProcess process = startSleeper(runner);

      process.cancel();

      assertThat(process.waitFor()).isEqualTo(new Outcome.Cancelled());
      awaitDead("pid");
      process.cancel(); // once more does nothing
      assertThat(process.waitFor()).isEqualTo(new Outcome.Cancelled());
    }
  }

  @Test
  void endWaitsUntilItHasEnded() throws Exception {
    try (var runner = runner()) {
      SandboxedProcess process = startSleeper(runner);

      process.end();

      assertThat(scratch).isEmptyDirectory();
      assertThat(process.waitFor()).isEqualTo(new Outcome.Cancelled());
    }
  }

  @Test
  void theEndOfTheRunnerEndsAllThatRuns() throws Exception {
    SandboxedProcess process;
    try (var runner = runner()) {
      process = startSleeper(runner);
    }

    assertThat(process.waitFor()).isEqualTo(new Outcome.Cancelled());
    awaitDead("pid");
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void aStandInThatIsKilledTakesItsCommandWithIt() throws Exception {
    assertThat(run("echo $$ >pid; kill -KILL $PPID; exec sleep 3600").outcome())
        .isEqualTo(new Outcome.Signalled(9));
    awaitDead("pid");
  }

  @Test
  void endsWithTheProblemOfTheLog() throws Exception {
    try (var runner = runner()) {
      SandboxedProcess process =
          runner.start(
              shell("while :; do echo more; done"),
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
    Sandbox count = around("/usr/bin/nproc");
    try (var runner = runner()) {
      assertThat(Room.run(runner, count, Limits.NONE.withProcessors(1)).output()).isEqualTo("1\n");
      assertThat(Room.run(runner, count, Limits.NONE).output().strip())
          .isEqualTo(Integer.toString(Runtime.getRuntime().availableProcessors()));
    }
  }

  @Test
  void saysHowClosedTheRoomIs() throws Exception {
    try (var runner = runner()) {
      assertThat(runner.level().bubblewrap()).isEqualTo(NEW);
      assertThat(runner.level().namespaces()).isEqualTo(SandboxLevel.ALL_NAMESPACES);
      assertThat(runner.level().seccomp()).matches("[0-9a-f]{64}");
      assertThat(runner.level().limits()).isEqualTo(Mechanism.POLLING);
      assertThat(runner.launches()).isFalse();
    }
  }

  @Test
  void removesWhatDeadProgramsLeftAndNothingElse() throws Exception {
    RunId here = RunId.next();
    var dead = new RunId(here.namespace(), here.owner(), here.ownerStart() + 1, 1);
    var elsewhere = new RunId(here.namespace() + 1, here.owner(), here.ownerStart() + 1, 1);
    Files.createDirectories(scratch.resolve(dead.toString()).resolve("deep"));
    Files.writeString(scratch.resolve(dead.toString()).resolve("deep/file"), "left");
    Path living = Files.createDirectory(scratch.resolve(here.toString()));
    Path unknown = Files.createDirectory(scratch.resolve(elsewhere.toString()));
    Path foreign = Files.createDirectory(scratch.resolve("synapse-notes"));

    try (var _ = runner();
        var left = Files.list(scratch)) {
      assertThat(left).containsExactlyInAnyOrder(living, unknown, foreign);
    }
  }

  @Test
  void bridgesLieInTheScratchFolderUntilTheyAreClosed() throws Exception {
    var target = new InetSocketAddress(InetAddress.getLoopbackAddress(), 7);
    try (var runner = runner()) {
      try (var bridge = runner.bridge(target)) {
        assertThat(bridge.port()).isEqualTo(7);
        assertThat(scratch).isDirectoryRecursivelyContaining("glob:**/socket");
      }
      assertThat(scratch).isEmptyDirectory();
    }
  }

  /// Starts nothing, for its first program is not there.
  private static final class NoStart implements LimitMechanism, Containment {
    private boolean closed;

    @Override
    public Mechanism name() {
      return Mechanism.SYSTEMD_SCOPE;
    }

    @Override
    public Containment open(RunId id, Limits limits, List<Path> inMemory) {
      return this;
    }

    @Override
    public void removeStale() {
      // nothing was made
    }

    @Override
    public List<String> prefix() {
      return List.of("/no/such/scope");
    }

    @Override
    public List<Path> join() {
      return List.of();
    }

    @Override
    public List<HardLimit> hardLimits() {
      return List.of();
    }

    @Override
    public Optional<Outcome> exceeded(long init) {
      return Optional.empty();
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void aStartThatFailsSaysWhyAndLeavesNothingBehind() throws Exception {
    var mechanism = new NoStart();
    try (var runner = runner(mechanism)) {
      assertThatThrownBy(() -> Room.run(runner, shell("true"), Limits.NONE.withProcesses(5)))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("can't start a sandbox: ")
          .hasMessageContaining("/no/such/scope");
    }

    assertThat(mechanism.closed).isTrue();
    assertThat(scratch).isEmptyDirectory();
  }

  /// With the launcher where that can make a room, and without it where not.
  @Test
  void runsTheSameWhetherTheLauncherWorksHereOrNot() throws Exception {
    var room = new Room(home.resolve("room"));
    Sandbox sandbox = room.around("/usr/bin/printf", "%s", "said");
    var folder =
        new Sandbox(
            sandbox.mounts(),
            sandbox.command(),
            sandbox.environment(),
            Path.of("/"),
            sandbox.identity());

    try (var runner = new SandboxRunner(standIn.bubblewrap(), scratch)) {
      assertThat(Room.run(runner, folder, Limits.NONE))
          .isEqualTo(new Result(new Outcome.Exited(0), "said"));
    }
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void aLauncherThatMakesNoRoomSaysWhichCallFailed() throws Exception {
    Path folder = Files.createDirectory(home.resolve("launcher"));

    // No kernel takes an empty filter.
    assertThatThrownBy(() -> LauncherPlace.open(folder, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("the launcher made no sandbox: .*: .*");
    assertThat(folder).doesNotExist();
  }

  /// Returns when its child runs, whose id is in the file `pid`.
  private SandboxedProcess startSleeper(SandboxRunner runner) throws Exception {
    var output = new ByteArrayOutputStream();
    SandboxedProcess process =
        runner.start(shell("sleep 3600 & echo $! >pid; echo up; wait"), Limits.NONE, output::write);
    while (!output.toString(StandardCharsets.UTF_8).equals("up\n")) {
      Thread.sleep(10);
    }
    return process;
  }

  private void awaitDead(String file) throws Exception {
    long pid = Long.parseLong(Files.readString(work.resolve(file)).strip());
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (ProcessTable.find(pid).filter(found -> !found.isDead()).isPresent()) {
      assertThat(System.nanoTime()).as("process " + pid + " runs on").isLessThan(deadline);
      Thread.sleep(10);
    }
  }
}
