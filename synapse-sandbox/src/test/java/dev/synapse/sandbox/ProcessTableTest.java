package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.sandbox.ProcessTable.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is asked of the kernel, of real processes.
@Timeout(60)
final class ProcessTableTest {
  private static final long SELF = ProcessHandle.current().pid();

  /// `ADDR_NO_RANDOMIZE`, as `/proc/thread-self/personality` shows it.
  private static final String FIXED_ADDRESSES = "00040000\n";

  @Test
  void tellsOfAProcessWhateverItsNameIs() throws Exception {
    Process child = new ProcessBuilder("sleep", "3600").start();
    try {
      Entry entry = ProcessTable.find(child.pid()).orElseThrow();

      assertThat(entry.parent()).isEqualTo(SELF);
      assertThat(entry.threads()).isEqualTo(1);
      assertThat(entry.isDead()).isFalse();
      assertThat(entry.start()).isGreaterThanOrEqualTo(own().start());
      assertThat(own().threads()).isGreaterThan(1);
      assertThat(own().residentPages()).isGreaterThan(1000);
    } finally {
      child.destroyForcibly();
    }
  }

  private static Entry own() {
    return ProcessTable.find(SELF).orElseThrow();
  }

  @Test
  void endsAProcessButNoOtherWithItsNumber() throws Exception {
    Process child = new ProcessBuilder("sleep", "3600").start();
    Entry entry = ProcessTable.find(child.pid()).orElseThrow();
    var before =
        new Entry(
            entry.pid(),
            entry.state(),
            entry.parent(),
            1,
            entry.start() - 1,
            entry.residentPages());

    ProcessTable.kill(before);
    assertThat(child.isAlive()).isTrue();
    ProcessTable.kill(entry);

    assertThat(child.waitFor()).isEqualTo(128 + 9);
    assertThat(ProcessTable.find(child.pid()).filter(now -> now.start() == entry.start()))
        .isEmpty();
  }

  @Test
  void findsAProcessWithAllThatDescendFromIt() throws Exception {
    Process child =
        new ProcessBuilder("/bin/sh", "-c", "sleep 3600 & echo $!; exec sleep 3600").start();
    try (var output = child.inputReader()) {
      long grandchild = Long.parseLong(output.readLine());

      assertThat(pids(ProcessTable.family(child.pid()))).containsExactly(child.pid(), grandchild);
      assertThat(pids(ProcessTable.family(SELF))).contains(SELF, child.pid(), grandchild);
    } finally {
      child.descendants().forEach(ProcessHandle::destroyForcibly);
      child.destroyForcibly();
    }
  }

  private static List<Long> pids(List<Entry> entries) {
    return entries.stream().map(Entry::pid).toList();
  }

  @Test
  void namesOfRunsSayWhoseTheyAre() throws Exception {
    RunId id = RunId.next();

    assertThat(RunId.parse(id.toString())).contains(id);
    assertThat(id.owner()).isEqualTo(SELF);
    assertThat(id.isStale()).isFalse();
    assertThat(RunId.next().count()).isGreaterThan(id.count());
    assertThat(RunId.parse("synapse-1-2-3")).isEmpty();
  }

  @Test
  void processorsOfAThreadAreRestrictedAndGivenBack() {
    var affinity = new ProcessorAffinity();
    BitSet all = affinity.get();
    BitSet first = ProcessorAffinity.first(all, 1);
    try {
      affinity.set(first);
      assertThat(affinity.get()).isEqualTo(first);
    } finally {
      affinity.set(all);
    }

    assertThat(affinity.get()).isEqualTo(all);
    assertThatThrownBy(() -> affinity.set(new BitSet()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("sched_setaffinity failed");
  }

  @Test
  void addressesOfAThreadsChildrenAreFixedAndRestored() throws Exception {
    Path personality = Path.of("/proc/thread-self/personality");
    String usual = Files.readString(personality);
    var randomisation = new AddressRandomisation();

    int before = randomisation.end();
    String fixed = Files.readString(personality);
    randomisation.restore(before);

    assertThat(Files.readString(personality)).isEqualTo(usual);
    assumeThat(before).as("this machine lets a program fix its addresses").isNotNegative();
    assertThat(fixed).isEqualTo(FIXED_ADDRESSES);
  }

  @Test
  void theKernelsErrorsAreToldByTheirCall() throws Exception {
    Kernel.Pipe pipe = Kernel.pipe();
    Kernel.close(pipe.readEnd());

    assertThatThrownBy(() -> Kernel.signal(pipe.writeEnd()))
        .isInstanceOf(IOException.class)
        .hasMessage("write: error 32");
    Kernel.close(pipe.writeEnd());
    assertThatThrownBy(() -> Kernel.read(-1, new byte[1]))
        .isInstanceOf(IOException.class)
        .hasMessage("read: error 9");
    assertThat(ErrorNumber.text(2)).isEqualTo("No such file or directory");
    assertThat(ErrorNumber.text(4095)).isEqualTo("error 4095");
  }

  @Test
  void aFileInMemoryHoldsWhatItIsGiven() throws Exception {
    byte[] contents = "contents ".repeat(1000).getBytes(StandardCharsets.US_ASCII);
    int file = Kernel.memoryFile(contents);
    try {
      assertThat(Path.of("/proc/self/fd/" + file)).hasBinaryContent(contents);
    } finally {
      Kernel.close(file);
    }
    assertThat(Kernel.user())
        .isEqualTo(((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue());
    assertThat(Kernel.group())
        .isEqualTo(((Number) Files.getAttribute(Path.of("/proc/self"), "unix:gid")).longValue());
  }
}
