package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The calls that make a room, as a list. What they do is shown by the tests that run them.
final class RoomTapeTest {
  private static final List<String> FILES = List.of("/status", "/output", "/hold");

  private Path home;

  @BeforeEach
  void enter(@TempDir Path folder) {
    home = folder;
  }

  private List<String> calls(Sandbox sandbox, List<Path> join, Optional<BitSet> processors) {
    var machine =
        new RoomTape.Machine(
            Path.of("/stage"), Path.of("/nothing"), 40, 1234, 5678, ByteBuffer.allocate(16));
    var limits = List.of(new HardLimit(HardLimit.Resource.CORE, 0));
    Tape tape =
        RoomTape.of(machine, sandbox, new RoomTape.Surroundings(FILES, join, limits, processors));
    assertThat(tape.toBytes()).hasSizeGreaterThan(tape.calls().size() * Tape.WORDS * Long.BYTES);
    return tape.calls();
  }

  private static Sandbox sandbox(List<Mount> mounts) {
    return new Sandbox(
        mounts, List.of(RawText.of("/bin/tool")), new TreeMap<>(), Path.of("/"), Identity.BUILDER);
  }

  private static int count(List<String> calls, String call) {
    return (int) calls.stream().filter(call::equals).count();
  }

  @Test
  void givesUpAllRightsLastAndThenStartsTheCommand() {
    List<String> calls = calls(sandbox(Sandbox.furniture()), List.of(), Optional.empty());

    assertThat(calls.subList(calls.indexOf("pivot_root"), calls.size()))
        .containsSubsequence(
            "pivot_root",
            "umount2",
            "unshare",
            "write /proc/self/uid_map",
            "write /proc/self/gid_map",
            "unshare",
            "prctl PR_CAP_AMBIENT",
            "capset",
            "close",
            "umask",
            "chdir /",
            "setsid",
            "prctl",
            "write",
            "read",
            "prctl seccomp",
            "execve /bin/tool",
            "write",
            "exit_group");
    assertThat(count(calls, "prctl PR_CAPBSET_DROP")).isEqualTo(41);
    assertThat(calls.getLast()).isEqualTo("exit_group");
  }

  @Test
  void entersItsControlGroupsAndProcessorsBeforeTheFirstProcessIsThere() {
    var processors = new BitSet();
    processors.set(1);
    List<String> calls =
        calls(sandbox(List.of()), List.of(Path.of("/groups/a")), Optional.of(processors));

    assertThat(calls)
        .containsSubsequence(
            "write /groups/a", "setrlimit CORE", "sched_setaffinity", "clone", "waitid");
  }

  @Test
  void mountsAFolderOnceWhereManyOfItsEntriesAreShown() throws Exception {
    Path store = Files.createDirectory(home.resolve("store"));
    var mounts = new ArrayList<Mount>();
    for (int i = 0; i < 5; i++) {
      Path file = Files.createFile(store.resolve("file-" + i));
      mounts.add(new Mount.ReadOnly(file, Path.of("/nix/store/file-" + i)));
    }

    List<String> calls = calls(sandbox(mounts), List.of(), Optional.empty());

    assertThat(count(calls, "mount " + store)).isEqualTo(1);
    assertThat(calls).contains("mount /stage/from-0/file-3");
    // The folder itself, and the root.
    assertThat(calls.stream().filter(call -> call.startsWith("mount_setattr")).toList())
        .containsExactly("mount_setattr /stage/from-0", "mount_setattr /stage/room");
  }

  @Test
  void linksWhatFilesAreMountedOnInAFolderOnDisk() throws Exception {
    Path outputs = Files.createDirectory(home.resolve("outputs"));
    Path file = Files.createFile(home.resolve("file"));
    List<Mount> mounts =
        List.of(
            new Mount.Writable(outputs, Path.of("/nix/store")),
            new Mount.ReadOnly(file, Path.of("/nix/store/file")),
            new Mount.ReadOnly(file, Path.of("/file")));

    List<String> calls = calls(sandbox(mounts), List.of(), Optional.empty());

    assertThat(calls)
        .containsSubsequence(
            "link /stage/room/nix/store/file",
            "mknod /stage/room/nix/store/file",
            "mount " + file,
            "mknod /stage/room/file",
            "mount " + file)
        .doesNotContain("link /stage/room/file");
  }

  @Test
  void makesLinksFoldersAndFilesOfItsOwn() {
    List<Mount> mounts =
        List.of(
            new Mount.Folder(Path.of("/empty")),
            new Mount.Symlink(RawText.of("empty"), Path.of("/link")),
            new Mount.Text("text", Path.of("/etc/text")),
            new Mount.Temporary(Path.of("/tmp"), 4096));

    assertThat(calls(sandbox(mounts), List.of(), Optional.empty()))
        .containsSubsequence(
            "mkdir /stage/room/empty",
            "symlink /stage/room/link",
            "mkdir /stage/room/etc",
            "create /stage/room/etc/text",
            "write /stage/room/etc/text",
            "mkdir /stage/room/tmp",
            "mount tmpfs");
  }
}
