package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.sandbox.SandboxLevel.Mechanism;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

  private LimitMechanism handingDown() throws IOException {
    Files.writeString(slice.resolve("cgroup.subtree_control"), "memory pids\n");
    return ControlGroups.detect(mountInfo(), "0::/user.slice/app.slice/terminal.scope\n")
        .orElseThrow();
  }

  @Test
  void usesGroupsOfVersion1WhereBothControllersAreWritable() throws Exception {
    Path memory = Files.createDirectories(mount.resolve("memory/own"));
    Path processes = Files.createDirectories(mount.resolve("pids"));
    String mounts =
        """
        31 20 0:27 / %1$s/cpu rw - cgroup cgroup rw,cpu
        32 20 0:28 / %1$s/memory rw - cgroup cgroup rw,memory
        33 20 0:29 / %1$s/pids rw - cgroup cgroup rw,pids
        """
            .formatted(mount);
    LimitMechanism mechanism =
        ControlGroups.detect(mounts, "9:pids:/not/shown\n8:memory:/own\n").orElseThrow();
    var id = new RunId(1, 2, 3, 4);

    Containment group =
        mechanism.open(id, Limits.NONE.withMemoryBytes(1000).withProcesses(5), List.of());

    assertThat(mechanism.name()).isEqualTo(Mechanism.CGROUP_V1);
    Path memoryGroup = memory.resolve(id.toString());
    Path processGroup = processes.resolve(id.toString());
    assertThat(memoryGroup.resolve("memory.limit_in_bytes")).hasContent("1000");
    assertThat(processGroup.resolve("pids.max")).hasContent("6");
    assertThat(group.join())
        .containsExactly(memoryGroup.resolve("cgroup.procs"), processGroup.resolve("cgroup.procs"));
    assertThat(group.prefix()).isEmpty();
    assertThat(group.hardLimits()).isEmpty();
    Files.writeString(memoryGroup.resolve("memory.oom_control"), "under_oom 0\noom_kill 2\n");
    assertThat(group.exceeded(1)).contains(new Outcome.OutOfMemory(1000));
  }

  @Test
  void usesNoGroupsOfVersion1WhereOneControllerIsNotMounted() throws Exception {
    String memoryOnly = "32 20 0:28 / " + mount + " rw - cgroup cgroup rw,memory\n";

    assertThat(ControlGroups.detect(memoryOnly, "8:memory:/\n")).isEmpty();
  }

  @Test
  void removesItsGroupOnceItsProcessesAreDead() throws Exception {
    var id = new RunId(1, 2, 3, 4);
    Containment containment = handingDown().open(id, Limits.NONE, List.of());
    Path group = slice.resolve(id.toString());
    Process left = new ProcessBuilder("sleep", "3600").start();
    Path members = Files.writeString(group.resolve("cgroup.procs"), left.pid() + "\n");
    // As the kernel does it: a group is empty when its processes are dead.
    var emptied =
        left.onExit()
            .thenRun(
                () -> {
                  try {
                    Files.delete(members);
                  } catch (IOException problem) {
                    throw new UncheckedIOException(problem);
                  }
                });

    containment.close();
    emptied.get();

    assertThat(group).doesNotExist();
    assertThat(left.waitFor()).isEqualTo(128 + 9);
  }

  @Test
  void removesTheGroupsOfDeadProgramsAndNoOthers() throws Exception {
    RunId here = RunId.next();
    var dead = new RunId(here.namespace(), here.owner(), here.ownerStart() + 1, 1);
    Path stale = Files.createDirectory(slice.resolve(dead.toString()));
    Path living = Files.createDirectory(slice.resolve(here.toString()));
    Path foreign = Files.createDirectory(slice.resolve("synapse-notes"));

    handingDown().removeStale();

    assertThat(stale).doesNotExist();
    assertThat(living).exists();
    assertThat(foreign).exists();
  }

  @Test
  void aScopeOfSystemdNeedsItsProgramAndASystemdThatServesTheUser() throws Exception {
    Path program = Files.createFile(mount.resolve("systemd-run"));
    Path runtime = Files.createDirectories(mount.resolve("runtime/systemd"));
    String folder = mount.resolve("runtime").toString();

    assertThat(SystemdScope.detect(program, folder)).isEmpty();
    Files.createFile(runtime.resolve("private"));
    assertThat(SystemdScope.detect(program, folder)).isEmpty();
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(SystemdScope.detect(program, null)).isEmpty();
    LimitMechanism scope = SystemdScope.detect(program, folder).orElseThrow();

    assertThat(scope.name()).isEqualTo(Mechanism.SYSTEMD_SCOPE);
    scope.removeStale(); // systemd does
    Limits limits = Limits.NONE.withMemoryBytes(1 << 30);
    try (Containment inScope = scope.open(new RunId(1, 2, 3, 4), limits, List.of())) {
      assertThat(inScope.prefix()).contains("MemoryMax=1073741824", "--unit=synapse-1-2-3-4");
      assertThat(inScope.join()).isEmpty();
      assertThat(inScope.hardLimits())
          .containsExactly(new HardLimit(HardLimit.Resource.DATA, 1L << 31));
      assertThat(inScope.exceeded(ProcessHandle.current().pid())).isEmpty();
    }
  }
}
