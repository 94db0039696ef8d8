package dev.synapse.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The launcher with tapes that make no room: so it runs also where no sandbox can be made.
@Timeout(120)
final class LauncherTest {
  private static final int STATUS = 3;
  private static final int OUTPUT = 4;
  private static final int HOLD = 5;
  private static final int LONG_MILLIS = 60_000;
  private static final int SIGNAL_INFO_BYTES = 128;
  private static final int WAIT_EXITED = 4;

  private Launcher launcher;

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.arch").equals("amd64"), "the launcher is a program for x86_64");
    Path program =
        Files.createFile(
            folder.resolve("launcher"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.write(program, LauncherProgram.bytes());
    launcher = Launcher.start(program);
  }

  @AfterEach
  void close() {
    if (launcher != null) { // not where the tests are skipped
      launcher.close();
    }
  }

  /// A tape that greets, waits for leave, and then does what a test wants.
  private static final class Greeting {
    final Tape tape = new Tape(LauncherProgram.ROOM, LauncherProgram.LAST);
    final Tape.Label failed = new Tape.Label();
    final Tape.Data note = tape.data(new byte[Long.BYTES]);

    Greeting(List<String> files, long greeting) {
      tape.call(failed, "open", 2, tape.text(files.get(0)), 1);
      tape.call(failed, "open", 2, tape.text(files.get(1)), 1);
      tape.call(failed, "open", 2, tape.text(files.get(2)), 0);
      report(greeting, 0, 0);
      tape.call(failed, "read", 0, HOLD, note, 1);
    }

    void report(long kind, long second, long fourth) {
      var words =
          List.of(
              new Tape.Fixed(kind),
              new Tape.Fixed(0),
              new Tape.Fixed(second),
              new Tape.Fixed(0),
              new Tape.Fixed(fourth));
      tape.call(failed, "write", 1, STATUS, tape.words(words), RoomTape.REPORT_BYTES);
    }

    void say(String text) {
      byte[] bytes = text.getBytes(US_ASCII);
      tape.call(failed, "write", 1, OUTPUT, tape.data(bytes), bytes.length);
      tape.call(failed, "close", 3, OUTPUT);
    }

    void hold() {
      tape.call(failed, "read", 0, HOLD, note, 1);
    }

    Tape end() {
      var end = new Tape.Label();
      tape.call(failed, "exit_group", 231, 0);
      tape.mark(failed);
      tape.call(
          end, "write", 1, STATUS, new Tape.Fixed(LauncherProgram.REPORT), RoomTape.REPORT_BYTES);
      tape.mark(end);
      tape.call(end, "exit_group", 231, 1);
      return tape;
    }

    /// Starts a program as a child, says which process that is, waits for its end, and says how it
    /// was: as the keeper of a room does.
    Tape program(String... command) {
      var child = new Tape.Label();
      var holding = new Tape.Label();
      Tape.Data first = tape.words(words(RoomTape.FIRST));
      Tape.Data ended = tape.words(words(RoomTape.ENDED).subList(0, 1));
      Tape.Data how = tape.data(new byte[SIGNAL_INFO_BYTES]);
      Tape.Data usual = tape.words(words(0).subList(0, 4));
      call(SystemCall.RT_SIGACTION, LauncherProgram.SIGCHLD, usual, 0, Long.BYTES);
      call(SystemCall.CLONE, LauncherProgram.SIGCHLD)
          .into(new Tape.Data(first.offset() + Long.BYTES))
          .onZero(child);
      call(SystemCall.WRITE, STATUS, first, RoomTape.REPORT_BYTES);
      call(SystemCall.CLOSE, OUTPUT);
      call(SystemCall.WAITID, 0, 0, how, WAIT_EXITED, 0);
      call(SystemCall.WRITE, STATUS, ended, RoomTape.REPORT_BYTES);
      tape.mark(holding);
      call(SystemCall.READ, HOLD, note, 1).onMore(holding);
      call(SystemCall.EXIT_GROUP, 0);
      tape.mark(child);
      call(SystemCall.DUP2, OUTPUT, 1);
      call(
          SystemCall.EXECVE,
          tape.text(command[0]),
          tape.texts(Room.words(command)),
          tape.texts(List.of()));
      return end();
    }

    private Tape.Call call(SystemCall call, Object... arguments) {
      return tape.call(failed, call.toString(), call.number(), arguments);
    }

    private static List<Tape.Fixed> words(long first) {
      var zero = new Tape.Fixed(0);
      return List.of(new Tape.Fixed(first), zero, zero, zero, zero);
    }
  }

  private static Run closed(Run run) throws IOException {
    run.close();
    return run;
  }

  @Test
  void tellsWhatATapeWritesAndHowItEnded() throws Exception {
    Run run =
        launcher.run(
            files -> {
              var tape = new Greeting(files, RoomTape.KEEPER);
              tape.say("hello\n");
              tape.report(RoomTape.ENDED, 1, 7);
              tape.hold();
              return tape.end();
            });

    assertThat(new String(run.output().readAllBytes(), US_ASCII)).isEqualTo("hello\n");
    assertThat(run.await(LONG_MILLIS)).isTrue();
    assertThat(run.first()).isEmpty();
    assertThat(closed(run).exitCode()).isEqualTo(OptionalInt.of(7));
  }

  @Test
  void aSignalCountsFromAHundredAndTwentyEight() throws Exception {
    Run run =
        launcher.run(
            files -> {
              var tape = new Greeting(files, RoomTape.KEEPER);
              tape.report(RoomTape.ENDED, 2, 9);
              tape.hold();
              return tape.end();
            });

    assertThat(run.await(LONG_MILLIS)).isTrue();
    assertThat(closed(run).exitCode()).isEqualTo(OptionalInt.of(137));
  }

  @Test
  void saysWhichCallFailedAndWhy() throws Exception {
    Run run =
        launcher.run(
            files -> {
              var tape = new Greeting(files, RoomTape.KEEPER);
              tape.tape.call(tape.failed, "open /no/file", 2, tape.tape.text("/no/file"), 0);
              return tape.end();
            });

    assertThat(run.await(LONG_MILLIS)).isTrue();
    assertThat(run.exitCode()).isEmpty();
    assertThat(closed(run).problem()).contains("open /no/file: No such file or directory");
  }

  @Test
  void goesOnAfterAnErrorWhereItIsToldTo() throws Exception {
    Run run =
        launcher.run(
            files -> {
              var tape = new Greeting(files, RoomTape.KEEPER);
              tape.tape
                  .call(tape.failed, "open /no/file", 2, tape.tape.text("/no/file"), 0)
                  .whateverComes();
              tape.report(RoomTape.ENDED, 1, 3);
              tape.hold();
              return tape.end();
            });

    assertThat(run.await(LONG_MILLIS)).isTrue();
    assertThat(closed(run).exitCode()).isEqualTo(OptionalInt.of(3));
  }

  @Test
  void whoEndsWithoutAWordHasNoExitCode() throws Exception {
    Run run = launcher.run(files -> new Greeting(files, RoomTape.KEEPER).end());

    assertThat(run.await(LONG_MILLIS)).isTrue();
    assertThat(run.exitCode()).isEmpty();
    assertThat(closed(run).problem()).isEmpty();
  }

  @Test
  void waitsNoLongerThanItIsToldTo() throws Exception {
    Run run =
        launcher.run(
            files -> {
              var tape = new Greeting(files, RoomTape.KEEPER);
              tape.hold();
              return tape.end();
            });

    assertThat(run.await(1)).isFalse();
    run.kill(); // it has no first process
    run.close();
    run.kill();
    run.close();
    assertThat(run.output().read()).isEqualTo(-1);
  }

  @Test
  void refusesATapeThatDoesNotGreet() {
    assertThatThrownBy(() -> launcher.run(files -> new Greeting(files, RoomTape.ENDED).end()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can't open its files");
  }

  @Test
  void endsWhenThereAreNoMoreOrders() throws Exception {
    assertThat(launcher.isAlive()).isTrue();

    launcher.close();

    assertThatThrownBy(() -> launcher.run(files -> new Greeting(files, RoomTape.KEEPER).end()))
        .isInstanceOf(IOException.class);
  }

  private Run start(String... command) throws IOException {
    return launcher.run(files -> new Greeting(files, RoomTape.KEEPER).program(command));
  }

  @Test
  void handsOnWhatAProgramWritesAndItsExitCode() throws Exception {
    Run run = start("/bin/sh", "-c", "echo from the program; exit 6");

    assertThat(new String(run.output().readAllBytes(), US_ASCII)).isEqualTo("from the program\n");
    assertThat(run.await(LONG_MILLIS)).isTrue();
    assertThat(run.first()).isPresent();
    assertThat(run.notStarted("")).isEmpty();
    assertThat(closed(run).exitCode()).isEqualTo(OptionalInt.of(6));
  }

  @Test
  void killsTheFirstProcessOnceItIsKnown() throws Exception {
    Run run = start("/bin/sh", "-c", "echo up; exec sleep 3600");
    assertThat(run.output().readNBytes(3)).asString(US_ASCII).isEqualTo("up\n");
    while (run.first().isEmpty()) {
      assertThat(run.await(10)).isFalse();
    }

    run.kill();

    assertThat(run.await(LONG_MILLIS)).isTrue();
    run.kill(); // once more does nothing
    assertThat(closed(run).exitCode()).isEqualTo(OptionalInt.of(128 + 9));
    assertThat(ProcessTable.find(run.first().getAsLong()).filter(found -> !found.isDead()))
        .isEmpty();
  }

  @Test
  void killsAFirstProcessThatIsKnownOnlyLater() throws Exception {
    Run run = start("/bin/sh", "-c", "exec sleep 3600");

    run.kill(); // nobody has asked for the first process yet

    assertThat(run.await(LONG_MILLIS)).isTrue();
    assertThat(closed(run).exitCode()).isEqualTo(OptionalInt.of(128 + 9));
  }

  @Test
  void saysWhichProgramCouldNotBeRun() throws Exception {
    Run run =
        launcher.run(
            files -> {
              var tape = new Greeting(files, RoomTape.KEEPER);
              tape.tape.call(tape.failed, "execve /no/tool", 59, tape.tape.text("/no/tool"), 0, 0);
              return tape.end();
            });

    assertThat(run.await(LONG_MILLIS)).isTrue();
    assertThat(run.notStarted("")).contains("/no/tool: No such file or directory");
    assertThat(closed(run).exitCode()).isEmpty();
  }
}
