package dev.synapse.sandbox;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a process may see and do. It has user, process, mount, network, ipc, host name and control
/// group namespaces of its own, no capability, a system call filter, a network of only its own
/// loopback, and finds exactly `mounts` in its file system. Of the caller's environment it inherits
/// nothing.
///
/// @param mounts what it finds in its file system, in the order in which it is mounted
/// @param command program and arguments; the program is an absolute path in the sandbox
/// @param environment all of its environment variables
/// @param workingDirectory where it starts, in the sandbox
/// @param identity who it is
public record Sandbox(
    List<Mount> mounts,
    List<RawText> command,
    SortedMap<RawText, RawText> environment,
    Path workingDirectory,
    Identity identity) {
  private static final long SHARED_MEMORY = 1L << 30;

  public Sandbox {
    mounts = List.copyOf(mounts);
    command = List.copyOf(command);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    if (command.isEmpty() || !command.getFirst().toString().startsWith("/")) {
      throw new IllegalArgumentException(
          "a sandbox runs a program with an absolute path, not " + command);
    }
    for (RawText name : environment.keySet()) {
      String text = name.toString();
      if (text.isEmpty() || text.indexOf('=') >= 0) {
        throw new IllegalArgumentException("'" + text + "' can't name an environment variable");
      }
    }
    if (!workingDirectory.isAbsolute()) {
      throw new IllegalArgumentException("'" + workingDirectory + "' is not an absolute path");
    }
  }

  /// What the program is told that it is called, as Nix does: its path without folders. (A
  /// bubblewrap older than 0.9 tells it the whole path.)
  RawText programName() {
    byte[] path = command.getFirst().toBytes();
    int start = path.length;
    while (path[start - 1] != '/') {
      start--;
    }
    return RawText.of(Arrays.copyOfRange(path, start, path.length));
  }

  /// The same, after `additions`.
  public Sandbox withMounts(List<Mount> additions) {
    var all = new ArrayList<>(mounts);
    all.addAll(additions);
    return new Sandbox(all, command, environment, workingDirectory, identity);
  }

  /// The same room around another program.
  public Sandbox withCommand(List<RawText> other) {
    return new Sandbox(mounts, other, environment, workingDirectory, identity);
  }

  /// What every room has beside its toolchain: `/proc`, `/dev` with private shared memory, and
  /// `/etc/passwd`, `/etc/group` and `/etc/hosts` that name only [Identity#BUILDER], root and
  /// nobody. To be listed after a toolchain's `/etc`, if the three files exist there; otherwise
  /// with no `/etc` at all.
  public static List<Mount> furniture() {
    return List.of(
        new Mount.Proc(Path.of("/proc")),
        new Mount.Dev(Path.of("/dev"), SHARED_MEMORY),
        passwd(),
        group(),
        hosts());
  }

  /// The users, as text of `/etc/passwd`.
  public static Mount.Text passwd() {
    return new Mount.Text(
        """
        root:x:0:0:Nix build user:/build:/noshell
        nixbld:x:1000:100:Nix build user:/build:/noshell
        nobody:x:65534:65534:Nobody:/:/noshell
        """,
        Path.of("/etc/passwd"));
  }

  /// The groups, as text of `/etc/group`.
  public static Mount.Text group() {
    return new Mount.Text(
        """
        root:x:0:
        nixbld:!:100:
        nogroup:x:65534:
        """,
        Path.of("/etc/group"));
  }

  /// The host names, as text of `/etc/hosts`.
  public static Mount.Text hosts() {
    return new Mount.Text(
        """
        127.0.0.1 localhost
        ::1 localhost
        """,
        Path.of("/etc/hosts"));
  }
}
