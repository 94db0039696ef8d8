package dev.synapse.sandbox;

import dev.synapse.sandbox.SandboxLevel.Mechanism;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/// Limits by control groups that this process may make: of version 2 where a group above it was
/// delegated to its user, of version 1 where the controllers' folders are writable.
///
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v2.html">Control Group v2</a>
final class ControlGroups implements LimitMechanism {
  /// Bubblewrap itself: its process outside.
  private static final int BUBBLEWRAP_PROCESSES = 1;

  /// A line of `/proc/self/cgroup`: hierarchy, controllers and group; cgroups(7).
  private static final int MEMBERSHIP_FIELDS = 3;

  private static final int REMOVAL_TRIES = 100;
  private static final long REMOVAL_PAUSE_MILLIS = 20;

  private final Mechanism mechanism;
  private final Path memory;
  private final Path processes;

  private ControlGroups(Mechanism mechanism, Path memory, Path processes) {
    this.mechanism = mechanism;
    this.memory = memory;
    this.processes = processes;
  }

  static Optional<LimitMechanism> detect() {
    try {
      return detect(
          Files.readString(Path.of("/proc/self/mountinfo")),
          Files.readString(Path.of("/proc/self/cgroup")));
    } catch (IOException _) {
      return Optional.empty(); // a machine without control groups
    }
  }

  /// Chooses by what the kernel says of mounts and groups.
  ///
  /// @param mountInfo what `/proc/self/mountinfo` says
  /// @param own what `/proc/self/cgroup` says
  static Optional<LimitMechanism> detect(String mountInfo, String own) throws IOException {
    Optional<LimitMechanism> second = secondVersion(mountInfo, own);
    return second.isPresent() ? second : firstVersion(mountInfo, own);
  }

  /// The nearest group above this process that is ours and hands both controllers down. Its own
  /// group can't: one that has processes has no groups with controllers below it.
  private static Optional<LimitMechanism> secondVersion(String mountInfo, String own)
      throws IOException {
    Optional<Path> mount = mountPoint(mountInfo, "cgroup2", "");
    if (mount.isEmpty()) {
      return Optional.empty();
    }
    for (Path group = ownGroup(mount.get(), own, "");
        group != null && group.startsWith(mount.get());
        group = group.getParent()) {
      Path control = group.resolve("cgroup.subtree_control");
      if (Files.isWritable(group)
          && Files.isWritable(group.resolve("cgroup.procs"))
          && Files.isReadable(control)
          && Arrays.asList(Files.readString(control).strip().split(" ", -1))
              .containsAll(List.of("memory", "pids"))) {
        return Optional.of(new ControlGroups(Mechanism.CGROUP_V2, group, group));
      }
    }
    return Optional.empty();
  }

  private static Optional<LimitMechanism> firstVersion(String mountInfo, String own) {
    Optional<Path> memory = mountPoint(mountInfo, "cgroup", "memory");
    Optional<Path> processes = mountPoint(mountInfo, "cgroup", "pids");
    if (memory.isEmpty() || processes.isEmpty()) {
      return Optional.empty();
    }
    Path memoryGroup = ownGroup(memory.get(), own, "memory");
    Path processGroup = ownGroup(processes.get(), own, "pids");
    return Files.isWritable(memoryGroup) && Files.isWritable(processGroup)
        ? Optional.of(new ControlGroups(Mechanism.CGROUP_V1, memoryGroup, processGroup))
        : Optional.empty();
  }

  private static Optional<Path> mountPoint(String mountInfo, String type, String controller) {
    return mountInfo
        .lines()
        .map(MountLine::parse)
        .filter(mount -> mount.type().equals(type))
        .filter(mount -> controller.isEmpty() || mount.options().contains(controller))
        .map(MountLine::at)
        .findFirst();
  }

  /// A line of `/proc/self/mountinfo`: proc_pid_mountinfo(5).
  ///
  /// @param options those of the file system; of a hierarchy of version 1 its controllers
  private record MountLine(Path at, String type, List<String> options) {
    private static final String SEPARATOR = " - ";

    /// Numbers of fields, counted from 0: before the separator, and after it.
    private static final int MOUNT_POINT = 4;

    private static final int TYPE = 0;
    private static final int SUPER_OPTIONS = 2;

    static MountLine parse(String line) {
      int separator = line.indexOf(SEPARATOR);
      String[] ofMount = line.substring(0, separator).split(" ", -1);
      String[] ofFileSystem = line.substring(separator + SEPARATOR.length()).split(" ", -1);
      return new MountLine(
          Path.of(ofMount[MOUNT_POINT]),
          ofFileSystem[TYPE],
          Arrays.asList(ofFileSystem[SUPER_OPTIONS].split(",", -1)));
    }
  }

  /// The group of this process; the mount point itself in a container that shows only a part.
  private static Path ownGroup(Path mount, String own, String controller) {
    return own.lines()
        .map(line -> line.split(":", MEMBERSHIP_FIELDS))
        .filter(fields -> Arrays.asList(fields[1].split(",", -1)).contains(controller))
        .map(fields -> mount.resolve(fields[2].substring(1)))
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(mount);
  }

  @Override
  public Mechanism name() {
    return mechanism;
  }

  @Override
  public Containment open(RunId id, Limits limits, List<Path> inMemory) throws IOException {
    SequencedSet<Path> groups = new LinkedHashSet<>();
    for (Path parent : List.of(memory, processes)) {
      Path group = parent.resolve(id.toString());
      if (groups.add(group)) {
        Files.createDirectory(group);
      }
    }
    var containment = new Group(groups, limits);
    try {
      containment.limit();
    } catch (IOException problem) {
      containment.close();
      throw problem;
    }
    return containment;
  }

  @Override
  public void removeStale() throws IOException {
    for (Path parent : new LinkedHashSet<>(List.of(memory, processes))) {
      var stale = new ArrayList<Path>();
      try (var groups = Files.newDirectoryStream(parent, "synapse-*")) {
        for (Path group : groups) {
          Optional<RunId> id = RunId.parse(group.getFileName().toString());
          if (id.isPresent() && id.get().isStale()) {
            stale.add(group);
          }
        }
      }
      for (Path group : stale) {
        remove(group);
      }
    }
  }

  private static void remove(Path group) throws IOException {
    for (int i = 0; i < REMOVAL_TRIES && Files.isDirectory(group); i++) {
      killAll(group);
      try {
        Files.deleteIfExists(group);
        return;
      } catch (FileSystemException _) {
        pause(); // its processes are on their way out
      }
    }
    Files.deleteIfExists(group);
  }

  private static void killAll(Path group) throws IOException {
    try {
      for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      }
    } catch (NoSuchFileException _) {
      // removed by another program that cleans up at the same time
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(REMOVAL_PAUSE_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a control group emptied");
    }
  }

  private final class Group implements Containment {
    private final SequencedSet<Path> groups;
    private final Limits limits;

    Group(SequencedSet<Path> groups, Limits limits) {
      this.groups = groups;
      this.limits = limits;
    }

    private boolean isSecondVersion() {
      return mechanism == Mechanism.CGROUP_V2;
    }

    private Path memoryGroup() {
      return groups.getFirst();
    }

    private Path processGroup() {
      return groups.getLast();
    }

    void limit() throws IOException {
      if (limits.memoryBytes() != Limits.UNLIMITED) {
        String bytes = Long.toString(limits.memoryBytes());
        if (isSecondVersion()) {
          Files.writeString(memoryGroup().resolve("memory.max"), bytes);
          writeIfThere(memoryGroup().resolve("memory.swap.max"), "0");
        } else {
          Files.writeString(memoryGroup().resolve("memory.limit_in_bytes"), bytes);
          writeIfThere(memoryGroup().resolve("memory.memsw.limit_in_bytes"), bytes);
        }
      }
      if (limits.processes() < Integer.MAX_VALUE - BUBBLEWRAP_PROCESSES) {
        Files.writeString(
            processGroup().resolve("pids.max"),
            Integer.toString(limits.processes() + BUBBLEWRAP_PROCESSES));
      }
    }

    private static void writeIfThere(Path file, String value) throws IOException {
      if (Files.exists(file)) {
        Files.writeString(file, value);
      }
    }

    @Override
    public List<String> prefix() {
      return List.of();
    }

    @Override
    public List<Path> join() {
      return groups.stream().map(group -> group.resolve("cgroup.procs")).toList();
    }

    @Override
    public List<HardLimit> hardLimits() {
      return List.of();
    }

    @Override
    public Optional<Outcome> exceeded(long init) throws IOException {
      String memoryEvents = isSecondVersion() ? "memory.events" : "memory.oom_control";
      if (count(memoryGroup().resolve(memoryEvents), "oom_kill") > 0) {
        return Optional.of(new Outcome.OutOfMemory(limits.memoryBytes()));
      }
      return count(processGroup().resolve("pids.events"), "max") > 0
          ? Optional.of(new Outcome.TooManyProcesses(limits.processes()))
          : Optional.empty();
    }

    private static long count(Path file, String name) throws IOException {
      return Files.readAllLines(file).stream()
          .map(line -> line.split(" ", 2))
          .filter(words -> words[0].equals(name))
          .mapToLong(words -> Long.parseLong(words[1].strip()))
          .sum();
    }

    @Override
    public void close() throws IOException {
      for (Path group : groups) {
        remove(group);
      }
    }
  }
}
