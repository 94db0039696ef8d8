package dev.synapse.sandbox;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Whether programs that the calling thread starts find their memory at random addresses: by
/// default they do, and what they make may differ by that.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/personality.2.html">personality(2)</a>
final class AddressRandomisation {
  /// `ADDR_NO_RANDOMIZE`.
  private static final int OFF = 0x0040000;

  /// Changes nothing, and tells what is.
  private static final int ASK = 0xffffffff;

  private final MethodHandle personality;

  @SuppressWarnings("restricted") // there is no other way to this call without a helper program
  AddressRandomisation() {
    Linker linker = Linker.nativeLinker();
    personality =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("personality"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  /// Ends it for what this thread starts from now on, where that is allowed: within a container it
  /// may not be, and things go on as they are.
  ///
  /// @return what [#restore] takes
  int end() {
    int before = call(ASK);
    if (before != ASK) {
      var _ = call(before | OFF);
    }
    return before;
  }

  /// As it was before [#end].
  void restore(int before) {
    if (before != ASK) {
      var _ = call(before);
    }
  }

  private int call(int persona) {
    try {
      return (int) personality.invokeExact(persona);
    } catch (Throwable problem) {
      throw new IllegalStateException(problem);
    }
  }
}
