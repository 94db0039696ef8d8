package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.sandbox.SandboxLevel.Mechanism;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How groups are chosen and set, on folders that look like the kernel's. That the limits hold is
/// tested with the real ones, in [LimitsTest].
final class ControlGroupsTest {
  @TempDir private Path mount;
  private Path slice;

  private String mountInfo() {
    return "30 20 0:26 / " + mount + " rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
  }

  @BeforeEach
  void makeGroups() throws IOException {
    slice = mount.resolve("user.slice/app.slice");
    Files.createDirectories(slice.resolve("terminal.scope"));
    for (Path group : new Path[] {slice, slice.resolve("terminal.scope")}) {
      Files.writeString(group.resolve("cgroup.procs"), "");
      Files.writeString(group.resolve("cgroup.subtree_control"), "\n");
    }
  }

  @Test
  void takesTheNearestGroupOfVersion2ThatHandsItsControllersDown() throws Exception {
    Files.writeString(slice.resolve("cgroup.subtree_control"), "cpu memory pids\n");

    LimitMechanism mechanism =
        ControlGroups.detect(mountInfo(), "0::/user.slice/app.slice/terminal.scope\n")
            .orElseThrow();
    var id = new RunId(1, 2, 3, 4);
    Limits limits = Limits.NONE.withMemoryBytes(1000).withProcesses(5);
    mechanism.open(id, limits, List.of());

    assertThat(mechanism.name()).isEqualTo(Mechanism.CGROUP_V2);
    Path group = slice.resolve(id.toString());
    assertThat(group.resolve("memory.max")).hasContent("1000");
    assertThat(group.resolve("pids.max")).hasContent("6");
  }

  @Test
  void readsWhichLimitOfVersion2WasMet() throws Exception {
    Files.writeString(slice.resolve("cgroup.subtree_control"), "memory pids\n");
    var id = new RunId(1, 2, 3, 4);
    Containment group =
        ControlGroups.detect(mountInfo(), "0::/user.slice/app.slice/terminal.scope\n")
            .orElseThrow()
            .open(id, Limits.NONE.withMemoryBytes(1000).withProcesses(5), List.of());
    Path memory = slice.resolve(id.toString()).resolve("memory.events");
    Path processes = slice.resolve(id.toString()).resolve("pids.events");

    Files.writeString(memory, "low 0\noom 0\noom_kill 0\noom_group_kill 0\n");
    Files.writeString(processes, "max 0\n");
    assertThat(group.exceeded(1)).isEmpty();
    Files.writeString(processes, "max 3\n");
    assertThat(group.exceeded(1)).contains(new Outcome.TooManyProcesses(5));
    Files.writeString(memory, "low 0\noom 1\noom_kill 1\n");
    assertThat(group.exceeded(1)).contains(new Outcome.OutOfMemory(1000));
  }

  @Test
  void usesNoGroupOfVersion2ThatHandsNothingDown() throws Exception {
    assertThat(ControlGroups.detect(mountInfo(), "0::/user.slice/app.slice/terminal.scope\n"))
        .isEmpty();
  }

  @Test
  void findsNothingOnAMachineWithout() throws Exception {
    assertThat(ControlGroups.detect("1 0 0:1 / / rw - ext4 /dev/vda rw\n", "")).isEmpty();
  }
}
