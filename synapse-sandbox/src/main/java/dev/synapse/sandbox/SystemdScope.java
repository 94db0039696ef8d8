package dev.synapse.sandbox;

import dev.synapse.sandbox.SandboxLevel.Mechanism;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Limits by a scope of the user's systemd, where control groups are not handed to users directly.
/// The kernel enforces them through the scope. The scope and its counters vanish with its last
/// process, so which limit was met is counted as [Polling] does; a kill by the kernel between two
/// counts shows as signal 9.
final class SystemdScope implements LimitMechanism {
  private static final Path PROGRAM = Path.of("/usr/bin/systemd-run");
  private static final int BUBBLEWRAP_PROCESSES = 1;

  private final String runtimeFolder;

  SystemdScope(String runtimeFolder) {
    this.runtimeFolder = runtimeFolder;
  }

  static Optional<LimitMechanism> detect() {
    return detect(PROGRAM, System.getenv("XDG_RUNTIME_DIR"));
  }

  /// @param program `systemd-run`
  /// @param runtimeFolder of the user; where systemd serves the user, it holds systemd's socket
  static Optional<LimitMechanism> detect(Path program, @Nullable String runtimeFolder) {
    return runtimeFolder != null
            && Files.isExecutable(program)
            && Files.exists(Path.of(runtimeFolder, "systemd", "private"))
        ? Optional.of(new SystemdScope(runtimeFolder))
        : Optional.empty();
  }

  @Override
  public Mechanism name() {
    return Mechanism.SYSTEMD_SCOPE;
  }

  @Override
  public Containment open(RunId id, Limits limits, List<Path> inMemory) {
    Containment count = new Polling().open(id, limits, inMemory);
    return new Scope(command(id, limits), count);
  }

  /// It takes the place of its own process: the launch script stays a child of this program.
  List<String> command(RunId id, Limits limits) {
    var command = new ArrayList<String>();
    command.add("/usr/bin/env");
    command.add("XDG_RUNTIME_DIR=" + runtimeFolder);
    command.add("DBUS_SESSION_BUS_ADDRESS=unix:path=" + runtimeFolder + "/bus");
    command.addAll(List.of(PROGRAM.toString(), "--user", "--scope", "--quiet", "--collect"));
    command.add("--unit=" + id);
    if (limits.memoryBytes() != Limits.UNLIMITED) {
      command.addAll(List.of("-p", "MemoryMax=" + limits.memoryBytes(), "-p", "MemorySwapMax=0"));
    }
    if (limits.processes() < Integer.MAX_VALUE - BUBBLEWRAP_PROCESSES) {
      command.addAll(List.of("-p", "TasksMax=" + (limits.processes() + BUBBLEWRAP_PROCESSES)));
    }
    command.add("--");
    return List.copyOf(command);
  }

  @Override
  public void removeStale() {
    // systemd removes a scope with its last process
  }

  private record Scope(List<String> prefix, Containment count) implements Containment {
    @Override
    public List<Path> join() {
      return List.of();
    }

    @Override
    public List<HardLimit> hardLimits() {
      return count.hardLimits();
    }

    @Override
    public Optional<Outcome> exceeded(long init) throws IOException {
      return count.exceeded(init);
    }

    @Override
    public void close() throws IOException {
      count.close();
    }
  }
}
