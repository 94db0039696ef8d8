package dev.synapse.sandbox;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A small program that stays beside this one and makes a sandbox from each [RoomTape] it is given:
/// in a tenth of the system calls that a shell and bubblewrap take for it, and without the start of
/// any program but the command.
///
/// It ends when this program does, whose end it sees on its standard input; and with it all that it
/// started.
final class Launcher implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Process process;
  private final long self = ProcessHandle.current().pid();

  private Launcher(Process process) {
    this.process = process;
  }

  /// Starts the launcher.
  ///
  /// @param program a file that holds [LauncherProgram#bytes()]
  static Launcher start(Path program) throws IOException {
    var builder =
        new ProcessBuilder(program.toString())
            .directory(Path.of("/").toFile())
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD);
    builder.environment().clear();
    return new Launcher(builder.start());
  }

  /// What a tape's first three calls open, and the tape.
  interface Plan {
    Tape tape(List<String> files) throws IOException;
  }

  /// Makes the room of a tape.
  ///
  /// @throws IOException if the launcher does not answer
  Run run(Plan plan) throws IOException {
    var files = new Files();
    boolean started = false;
    try {
      Tape tape = plan.tape(files.names());
      byte[] bytes = tape.toBytes();
      int memory = files.own(Kernel.memoryFile(bytes));
      order(name(memory), bytes.length);
      files.greeted();
      if (!process.isAlive()) {
        throw new IOException("the launcher has ended");
      }
      Kernel.signal(files.hold.writeEnd());
      started = true;
      return new LaunchedRun(tape, files);
    } finally {
      if (!started) {
        files.closeAll();
      }
    }
  }

  private String name(int file) {
    return "/proc/" + self + "/fd/" + file;
  }

  private synchronized void order(String name, long bytes) throws IOException {
    ByteBuffer order =
        ByteBuffer.allocate(LauncherProgram.ORDER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    order.put(name.getBytes(StandardCharsets.US_ASCII));
    order.putLong(LauncherProgram.NAME_BYTES, bytes);
    OutputStream orders = process.getOutputStream();
    orders.write(order.array());
    orders.flush();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException _) {
      // it has ended already
    }
    process.destroyForcibly();
  }

  /// The pipes between this program and one keeper.
  private final class Files {
    private final Kernel.Pipe status = Kernel.pipe();
    private final Kernel.Pipe output = Kernel.pipe();
    private final Kernel.Pipe hold = Kernel.pipe();
    private int tape = -1;

    private final Set<Integer> open = new HashSet<>();

    Files() throws IOException {
      for (Kernel.Pipe pipe : List.of(status, output, hold)) {
        open.add(pipe.readEnd());
        open.add(pipe.writeEnd());
      }
    }

    List<String> names() {
      return List.of(name(status.writeEnd()), name(output.writeEnd()), name(hold.readEnd()));
    }

    int own(int memory) {
      tape = memory;
      open.add(memory);
      return memory;
    }

    /// Waits until the keeper has opened all that it needs, and closes its ends here.
    void greeted() throws IOException {
      byte[] report = new byte[RoomTape.REPORT_BYTES];
      if (!Kernel.awaitReadable(status.readEnd(), PATIENCE_MILLIS)
          || !Kernel.read(status.readEnd(), report)) {
        throw new IOException("the launcher does not answer");
      }
      if (new Report(report).kind() != RoomTape.KEEPER) {
        throw new IOException("the launcher can't open its files");
      }
      close(tape);
      close(status.writeEnd());
      close(output.writeEnd());
      close(hold.readEnd());
    }

    /// A number is given back once: the next one who opens a file gets it.
    private void close(int file) {
      if (open.remove(file)) {
        Kernel.close(file);
      }
    }

    void closeAll() {
      List.copyOf(open).forEach(this::close);
    }
  }

  /// What is said of a room: a word that says what it is about, and what belongs to that.
  private static final class Report {
    private static final int RESULT_OFFSET = Long.BYTES;
    private static final int CALL_OFFSET = 2 * Long.BYTES;

    // Where `siginfo_t` has si_code and si_status: `asm-generic/siginfo.h` of Linux.
    private static final int HOW_OFFSET = Long.BYTES + 8;
    private static final int STATUS_OFFSET = Long.BYTES + 24;

    /// `CLD_EXITED`: waitid(2).
    private static final int EXITED = 1;

    private static final int SIGNAL_BASE = 128;

    private final ByteBuffer words;

    Report(byte[] bytes) {
      words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    long kind() {
      return words.getLong(0);
    }

    /// What a call gave: a process id, or an error as its negative number.
    long result() {
      return words.getLong(RESULT_OFFSET);
    }

    /// The address of the call that failed.
    long call() {
      return words.getLong(CALL_OFFSET);
    }

    /// Of what `waitid` told: the exit code, or 128 and the number of a signal.
    int exitCode() {
      int status = words.getInt(STATUS_OFFSET);
      return words.getInt(HOW_OFFSET) == EXITED ? status : SIGNAL_BASE + status;
    }
  }

  /// A sandbox that the launcher made.
  private static final class LaunchedRun implements Run {
    private static final long NANOS_PER_MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final Tape tape;
    private final Files files;
    private final InputStream output;
    private boolean killed;
    private boolean closed;
    private long first = -1;
    private @Nullable String problem;
    private Optional<String> notStarted = Optional.empty();
    private int code = -1;
    private volatile boolean over;

    LaunchedRun(Tape tape, Files files) throws IOException {
      this.tape = tape;
      this.files = files;
      this.output = new FileInputStream("/proc/self/fd/" + files.output.readEnd());
      files.close(files.output.readEnd());
    }

    @Override
    public InputStream output() {
      return output;
    }

    @Override
    public boolean await(int millis) throws IOException {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      while (!over) {
        long left = Math.ceilDiv(deadline - System.nanoTime(), NANOS_PER_MILLI);
        if (left <= 0 || !Kernel.awaitReadable(files.status.readEnd(), (int) left)) {
          return over;
        }
        byte[] report = new byte[RoomTape.REPORT_BYTES];
        if (Kernel.read(files.status.readEnd(), report)) {
          note(new Report(report));
        } else {
          end(); // the keeper was killed, and with it the first process
        }
      }
      return true;
    }

    private synchronized void end() {
      over = true;
    }

    private synchronized void note(Report report) {
      long kind = report.kind();
      if (kind == RoomTape.FIRST) {
        first = report.result();
        if (killed) {
          Kernel.kill(first);
        }
      } else if (kind == LauncherProgram.FAILED) {
        String what = Objects.requireNonNullElse(tape.what(report.call()), "a system call");
        String reason = ErrorNumber.text(-report.result());
        problem = "%s: %s".formatted(what, reason);
        notStarted = RoomTape.program(what).map(program -> program + ": " + reason);
      } else if (kind == RoomTape.ENDED) {
        code = report.exitCode();
        over = true;
      }
    }

    @Override
    public synchronized OptionalLong first() {
      return first < 0 ? OptionalLong.empty() : OptionalLong.of(first);
    }

    @Override
    public synchronized OptionalInt exitCode() {
      return problem != null || code < 0 ? OptionalInt.empty() : OptionalInt.of(code);
    }

    @Override
    public synchronized Optional<String> problem() {
      return Optional.ofNullable(problem);
    }

    @Override
    public synchronized Optional<String> notStarted(String lastWords) {
      return notStarted;
    }

    /// Until its end was told the keeper lives, and the number is that of the first process.
    @Override
    public synchronized void kill() {
      killed = true;
      if (first >= 0 && !over) {
        Kernel.kill(first);
      }
    }

    /// Its end of the pipe is closed when it ends.
    private void awaitKeeper() throws IOException {
      boolean more = true;
      while (more && Kernel.awaitReadable(files.status.readEnd(), PATIENCE_MILLIS)) {
        more = Kernel.read(files.status.readEnd(), new byte[RoomTape.REPORT_BYTES]);
      }
    }

    @Override
    public synchronized void close() throws IOException {
      if (!closed) {
        closed = true;
        files.close(files.hold.writeEnd());
        awaitKeeper();
        files.closeAll();
      }
    }
  }
}
