package dev.synapse.sandbox;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// Calls of Linux on x86_64 that Java has no word for. One handle serves all: to link one costs
/// some ten milliseconds.
final class Kernel {
  static final int CLOSE_ON_EXEC = 02000000;

  private static final int SIGKILL = 9;
  private static final int EINTR = 4;
  private static final int POLL_BYTES = 8;
  private static final short POLL_IN = 1;

  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL = link();

  private Kernel() {}

  @SuppressWarnings("restricted") // there is no other way to these calls without a helper program
  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(1));
  }

  /// A pipe whose two ends no program inherits.
  record Pipe(int readEnd, int writeEnd) {}

  static Pipe pipe() throws IOException {
    try (var arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
      check(call(SystemCall.PIPE2, ends.address(), CLOSE_ON_EXEC, 0), "pipe2");
      return new Pipe(
          ends.getAtIndex(ValueLayout.JAVA_INT, 0), ends.getAtIndex(ValueLayout.JAVA_INT, 1));
    }
  }

  /// A file in memory that holds `contents` and has no name.
  static int memoryFile(byte[] contents) throws IOException {
    try (var arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom("synapse");
      int file = (int) check(call(SystemCall.MEMFD_CREATE, name.address(), 1, 0), "memfd_create");
      boolean written = false;
      try {
        MemorySegment bytes = arena.allocate(contents.length);
        MemorySegment.copy(contents, 0, bytes, ValueLayout.JAVA_BYTE, 0, contents.length);
        for (long at = 0; at < contents.length; ) {
          at +=
              check(
                  call(SystemCall.WRITE, file, bytes.address() + at, contents.length - at),
                  "write");
        }
        written = true;
        return file;
      } finally {
        if (!written) {
          close(file);
        }
      }
    }
  }

  /// Waits until `file` can be read or its other end is closed, at most `millis`.
  static boolean awaitReadable(int file, int millis) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment poll = arena.allocate(POLL_BYTES, Integer.BYTES);
      poll.set(ValueLayout.JAVA_INT, 0, file);
      poll.set(ValueLayout.JAVA_SHORT, Integer.BYTES, POLL_IN);
      return call(SystemCall.POLL, poll.address(), 1, millis) > 0;
    }
  }

  /// Reads exactly as many bytes as `into` has; false at the end.
  static boolean read(int file, byte[] into) throws IOException {
    try (var arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(into.length);
      for (long at = 0; at < into.length; ) {
        long count = call(SystemCall.READ, file, bytes.address() + at, into.length - at);
        if (count == -EINTR) {
          continue;
        }
        if (check(count, "read") == 0) {
          return false;
        }
        at += count;
      }
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, into, 0, into.length);
      return true;
    }
  }

  /// Writes one byte.
  static void signal(int file) throws IOException {
    try (var arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocate(1);
      check(call(SystemCall.WRITE, file, one.address(), 1), "write");
    }
  }

  static void close(int file) {
    long _ = call(SystemCall.CLOSE, file, 0, 0);
  }

  /// Ends a process at once, if it is still there.
  static void kill(long process) {
    long _ = call(SystemCall.KILL, process, SIGKILL, 0);
  }

  static long user() {
    return call(SystemCall.GETUID, 0, 0, 0);
  }

  static long group() {
    return call(SystemCall.GETGID, 0, 0, 0);
  }

  private static long check(long result, String call) throws IOException {
    if (result < 0) {
      throw new IOException(call + ": error " + -result);
    }
    return result;
  }

  /// What the kernel answers; an error as its negative number.
  private static long call(SystemCall call, long first, long second, long third) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      long result =
          (long) SYSCALL.invokeExact(captured, (long) call.number(), first, second, third);
      return result < 0 ? -(long) (int) ERRNO.get(captured, 0L) : result;
    } catch (Throwable problem) {
      throw problem instanceof RuntimeException known ? known : new IllegalStateException(problem);
    }
  }
}
