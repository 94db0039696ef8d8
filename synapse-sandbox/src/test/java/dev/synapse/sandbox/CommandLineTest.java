package dev.synapse.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class CommandLineTest {
  private static final Path TEXTS = Path.of("/scratch");

  private static Sandbox sandbox(List<Mount> mounts) {
    var environment = new TreeMap<RawText, RawText>();
    environment.put(RawText.of("TZ"), RawText.of("UTC"));
    return new Sandbox(
        mounts, Room.words("/bin/true"), environment, Path.of("/build"), Identity.BUILDER);
  }

  private static String line(List<RawText> options) {
    return String.join(" ", options.stream().map(RawText::toString).toList());
  }

  @Test
  void namesEveryPartOfTheRoom() {
    List<Mount> mounts =
        List.of(
            new Mount.ReadOnly(Path.of("/h/usr"), Path.of("/usr")),
            new Mount.Symlink(RawText.of("usr/bin"), Path.of("/bin")),
            new Mount.Proc(Path.of("/proc")),
            new Mount.Dev(Path.of("/dev"), 7),
            new Mount.Text("a", Path.of("/etc/a")),
            new Mount.Text("b", Path.of("/etc/b")),
            new Mount.Temporary(Path.of("/tmp"), 9),
            new Mount.Folder(Path.of("/empty")),
            new Mount.Writable(Path.of("/h/build"), Path.of("/build")));

    String hidden = " --ro-bind /dev/null /proc/";
    String options = line(CommandLine.options(sandbox(mounts), TEXTS));
    assertThat(options).contains(hidden + "kmsg");
    assertThat(options.replaceAll(hidden + "[a-z_-]+", ""))
        .isEqualTo(
            "--unshare-all --unshare-user --disable-userns --die-with-parent --as-pid-1"
                + " --new-session --cap-drop ALL --clearenv --uid 1000 --gid 100 --hostname"
                + " localhost --ro-bind /h/usr /usr --symlink usr/bin /bin --proc /proc --dev /dev"
                + " --perms 1777 --size 7 --tmpfs /dev/shm --ro-bind /scratch/text-0 /etc/a"
                + " --ro-bind /scratch/text-1 /etc/b --perms 1777 --size 9 --tmpfs /tmp --dir"
                + " /empty --bind /h/build /build --remount-ro /proc --remount-ro /dev --remount-ro"
                + " / --setenv TZ UTC --chdir /build");
  }

  @Test
  void refusesMoreMountsThanBubblewrapTakes() {
    var mounts = new ArrayList<Mount>();
    for (int i = 0; i < 3000; i++) {
      mounts.add(new Mount.ReadOnly(Path.of("/a" + i), Path.of("/b" + i)));
    }

    Sandbox large = sandbox(mounts);
    assertThatThrownBy(() -> CommandLine.requireFit(large, CommandLine.options(large, TEXTS)))
        .isInstanceOf(SandboxTooLargeException.class)
        .hasMessageContaining("3000 mounts");
  }

  @Test
  void theScriptQuotesWhateverIsInIt() {
    byte[] script =
        LaunchScript.of(
            Path.of("/it's"),
            42,
            List.of(Path.of("/groups/a/cgroup.procs")),
            List.of(new HardLimit(HardLimit.Resource.CORE, 0)),
            Room.words("/usr/bin/bwrap"),
            Room.words("/bin/echo", "$HOME `x`", "a'b"));

    assertThat(new String(script, UTF_8))
        .startsWith("status='/it'\\''s/status'\n")
        .endsWith(
            """
            umask 0022
            [ "$PPID" = 42 ] || exit 125
            echo $$ >'/groups/a/cgroup.procs' || exit 125
            ulimit -c 0 || exit 125
            exec 6<&- 7>"$status" 8<'/it'\\''s/options' 9<'/it'\\''s/filter' || exit 125
            exec /usr/bin/env -i '/usr/bin/bwrap' '--json-status-fd' '7' '--args' '8'\
             '--seccomp' '9' -- '/bin/echo' '$HOME `x`' 'a'\\''b'
            """);
  }

  @Test
  void aScopeOfSystemdIsAskedForBothLimits() {
    Limits limits = Limits.NONE.withMemoryBytes(1000).withProcesses(8);

    assertThat(new SystemdScope("/run/user/7").command(new RunId(1, 2, 3, 4), limits))
        .containsExactly(
            "/usr/bin/env",
            "XDG_RUNTIME_DIR=/run/user/7",
            "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/7/bus",
            "/usr/bin/systemd-run",
            "--user",
            "--scope",
            "--quiet",
            "--collect",
            "--unit=synapse-1-2-3-4",
            "-p",
            "MemoryMax=1000",
            "-p",
            "MemorySwapMax=0",
            "-p",
            "TasksMax=9",
            "--");
  }
}
