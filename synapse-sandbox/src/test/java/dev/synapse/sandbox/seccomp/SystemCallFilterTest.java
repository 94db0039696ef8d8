package dev.synapse.sandbox.seccomp;

import static dev.synapse.sandbox.seccomp.SystemCallFilter.ALLOW;
import static dev.synapse.sandbox.seccomp.SystemCallFilter.ARCHITECTURE_X86_64;
import static dev.synapse.sandbox.seccomp.SystemCallFilter.EAFNOSUPPORT;
import static dev.synapse.sandbox.seccomp.SystemCallFilter.ENOSYS;
import static dev.synapse.sandbox.seccomp.SystemCallFilter.ENOTSUP;
import static dev.synapse.sandbox.seccomp.SystemCallFilter.EPERM;
import static dev.synapse.sandbox.seccomp.SystemCallFilter.ERRNO;
import static dev.synapse.sandbox.seccomp.SystemCallFilter.KILL_PROCESS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class SystemCallFilterTest {
  private static final int I386 = 0x40000003;
  private static final byte[] PROGRAM = SystemCallFilter.program("amd64").orElseThrow();

  private static int call(int number, long... arguments) {
    return FilterMachine.run(PROGRAM, ARCHITECTURE_X86_64, number, arguments);
  }

  @Test
  void allowsWhatProgramsLiveOf() {
    // read, write, mmap, execve, rename, futex, getdents64, newfstatat, statx, rseq
    for (int number : new int[] {0, 1, 9, 59, 82, 202, 217, 262, 332, 334}) {
      assertThat(call(number)).as("call %d", number).isEqualTo(ALLOW);
    }
  }

  @Test
  void refusesEveryCallOfItsLists() {
    SystemCallFilter.REFUSED.forEach(
        call -> assertThat(call(call.number())).as(call.name()).isEqualTo(ERRNO | EPERM));
    SystemCallFilter.NOT_SUPPORTED.forEach(
        call -> assertThat(call(call.number())).as(call.name()).isEqualTo(ERRNO | ENOTSUP));
    SystemCallFilter.ABSENT.forEach(
        call -> assertThat(call(call.number())).as(call.name()).isEqualTo(ERRNO | ENOSYS));
  }

  @Test
  void looksAtTheModeOnlyWhereItIsOne() {
    assertThat(call(90, 0, 0755)).isEqualTo(ALLOW);
    assertThat(call(90, 0, 04755)).isEqualTo(ERRNO | EPERM);
    assertThat(call(90, 06000, 0755)).isEqualTo(ALLOW);
    assertThat(call(268, 0, 0, 02755)).isEqualTo(ERRNO | EPERM);
    assertThat(call(452, 0, 0, 02755)).isEqualTo(ERRNO | EPERM);
    // Without O_CREAT the third argument of open is whatever was in the register.
    assertThat(call(2, 0, 0, 0xffff)).isEqualTo(ALLOW);
    assertThat(call(2, 0, 0x40, 04755)).isEqualTo(ERRNO | EPERM);
    assertThat(call(257, 0, 0, 0x410002, 04600)).isEqualTo(ERRNO | EPERM);
    assertThat(call(257, 0, 0, 0x241, 0644)).isEqualTo(ALLOW);
  }

  @Test
  void allowsPipesButNoDevices() {
    assertThat(call(133, 0, 0010644)).isEqualTo(ALLOW);
    assertThat(call(133, 0, 0020644)).isEqualTo(ERRNO | EPERM);
    assertThat(call(259, 0, 0, 0060644)).isEqualTo(ERRNO | EPERM);
    assertThat(call(259, 0, 0, 0104644)).isEqualTo(ERRNO | EPERM);
  }

  @Test
  void allowsThreadsAndForksButNoNamespaces() {
    assertThat(call(56, 0x3d0f00)).isEqualTo(ALLOW);
    assertThat(call(56, 0x1200011)).isEqualTo(ALLOW);
    for (int bit : new int[] {17, 25, 26, 27, 28, 29, 30}) {
      assertThat(call(56, 1L << bit | 17)).as("bit %d", bit).isEqualTo(ERRNO | EPERM);
    }
  }

  @Test
  void allowsFourFamiliesOfSockets() {
    for (int family = 0; family < 50; family++) {
      boolean known = family == 1 || family == 2 || family == 10 || family == 16;
      assertThat(call(41, family))
          .as("family %d", family)
          .isEqualTo(known ? ALLOW : ERRNO | EAFNOSUPPORT);
    }
  }

  @Test
  void knowsNoCallNewerThanItself() {
    assertThat(call(462)).isEqualTo(ALLOW);
    assertThat(call(463)).isEqualTo(ERRNO | ENOSYS);
    assertThat(call(100_000)).isEqualTo(ERRNO | ENOSYS);
    assertThat(call(0x40000000 | 59)).isEqualTo(ERRNO | ENOSYS);
    assertThat(call(-1)).isEqualTo(ERRNO | ENOSYS);
  }

  @Test
  void killsOnCallsOfAnotherArchitecture() {
    assertThat(FilterMachine.run(PROGRAM, I386, 1)).isEqualTo(KILL_PROCESS);
  }

  @Test
  void hasNoProgramForOtherMachines() {
    assertThat(SystemCallFilter.program("aarch64")).isEmpty();
  }

  @Test
  void jumpsFarWhereAByteIsTooShort() {
    var far = new Assembler().load(0);
    for (int i = 0; i < 600; i++) {
      far.ifEqual(i, "end");
    }
    byte[] program = far.returns(1).label("end").returns(2).assemble();

    assertThat(FilterMachine.run(program, 0, 0)).isEqualTo(2);
    assertThat(FilterMachine.run(program, 0, 344)).isEqualTo(2);
    assertThat(FilterMachine.run(program, 0, 345)).isEqualTo(2);
    assertThat(FilterMachine.run(program, 0, 599)).isEqualTo(2);
    assertThat(FilterMachine.run(program, 0, 600)).isEqualTo(1);
  }

  @Test
  void refusesToAssembleWhatTheKernelWouldNotLoad() {
    assertThatThrownBy(() -> new Assembler().jump("nowhere").assemble())
        .hasMessage("no label 'nowhere'");
    assertThatThrownBy(() -> new Assembler().label("back").jump("back").assemble())
        .hasMessage("a jump back to 'back'");
    assertThatThrownBy(() -> new Assembler().label("a").label("a").assemble())
        .hasMessage("label 'a' is there twice");
  }
}
