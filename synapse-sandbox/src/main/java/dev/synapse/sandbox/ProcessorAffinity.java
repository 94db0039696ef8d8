package dev.synapse.sandbox;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;

/// On which processors the calling thread, and what it starts, may run.
final class ProcessorAffinity {
  /// Room for 8192 processors: as many as the kernel can be built for.
  static final int SET_BYTES = 1024;

  private static final FunctionDescriptor CALL =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS);

  private final MethodHandle get;
  private final MethodHandle set;

  @SuppressWarnings(
      "restricted") // there is no other way to these two calls without a helper program
  ProcessorAffinity() {
    Linker linker = Linker.nativeLinker();
    get = linker.downcallHandle(linker.defaultLookup().findOrThrow("sched_getaffinity"), CALL);
    set = linker.downcallHandle(linker.defaultLookup().findOrThrow("sched_setaffinity"), CALL);
  }

  BitSet get() {
    try (var arena = Arena.ofConfined()) {
      MemorySegment processors = arena.allocate(SET_BYTES, Long.BYTES);
      check((int) get.invokeExact(0, (long) SET_BYTES, processors), "sched_getaffinity");
      return BitSet.valueOf(processors.toArray(ValueLayout.JAVA_BYTE));
    } catch (Throwable problem) {
      throw unexpected(problem);
    }
  }

  void set(BitSet processors) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(SET_BYTES, Long.BYTES);
      byte[] bytes = processors.toByteArray();
      MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
      check((int) set.invokeExact(0, (long) SET_BYTES, segment), "sched_setaffinity");
    } catch (Throwable problem) {
      throw unexpected(problem);
    }
  }

  /// The first `count` of `processors`.
  static BitSet first(BitSet processors, int count) {
    var chosen = new BitSet();
    processors.stream().limit(count).forEach(chosen::set);
    return chosen;
  }

  private static void check(int result, String call) {
    if (result < 0) {
      throw new IllegalStateException(call + " failed");
    }
  }

  private static RuntimeException unexpected(Throwable problem) {
    return problem instanceof RuntimeException known ? known : new IllegalStateException(problem);
  }
}
