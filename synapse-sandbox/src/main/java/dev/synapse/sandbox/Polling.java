package dev.synapse.sandbox;

import dev.synapse.sandbox.ProcessTable.Entry;
import dev.synapse.sandbox.SandboxLevel.Mechanism;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Limits without any help of the kernel's: counts what the sandbox's processes use, several times
/// a second, and what lies in its folders in memory. Memory that they share counts once for each of
/// them, a file in memory once more for each that maps it. Between two counts a process can run
/// ahead; a resource limit on the data of each stops it at twice the limit, and each folder in
/// memory holds at most the limit.
final class Polling implements LimitMechanism {
  private static final long PAGE_BYTES = 4096;

  @Override
  public Mechanism name() {
    return Mechanism.POLLING;
  }

  @Override
  public Containment open(RunId id, Limits limits, List<Path> inMemory) {
    return new Count(limits, List.copyOf(inMemory));
  }

  @Override
  public void removeStale() {
    // leaves nothing behind
  }

  private record Count(Limits limits, List<Path> inMemory) implements Containment {
    @Override
    public List<String> prefix() {
      return List.of();
    }

    @Override
    public List<Path> join() {
      return List.of();
    }

    @Override
    public List<HardLimit> hardLimits() {
      return limits.memoryBytes() <= Limits.UNLIMITED / 2
          ? List.of(new HardLimit(HardLimit.Resource.DATA, limits.memoryBytes() * 2))
          : List.of();
    }

    @Override
    public Optional<Outcome> exceeded(long init) throws IOException {
      if (limits.memoryBytes() == Limits.UNLIMITED && limits.processes() == Integer.MAX_VALUE) {
        return Optional.empty();
      }
      List<Entry> family = ProcessTable.family(init);
      long pages = family.stream().mapToLong(Entry::residentPages).sum();
      if (pages * PAGE_BYTES + filesInMemory(init) > limits.memoryBytes()) {
        return Optional.of(new Outcome.OutOfMemory(limits.memoryBytes()));
      }
      long threads = family.stream().mapToLong(Entry::threads).sum();
      return threads > limits.processes()
          ? Optional.of(new Outcome.TooManyProcesses(limits.processes()))
          : Optional.empty();
    }

    /// How many bytes the files in memory take. The kernel shows the root of a process of ours to
    /// us; until the sandbox is furnished, that is still our own.
    private long filesInMemory(long init) {
      Path root = Path.of("/proc", Long.toString(init), "root");
      long bytes = 0;
      try {
        if (!Files.isSameFile(root, Path.of("/"))) {
          for (Path folder : inMemory) {
            File inside = root.resolve(Path.of("/").relativize(folder)).toFile();
            bytes += inside.getTotalSpace() - inside.getFreeSpace();
          }
        }
      } catch (IOException _) {
        return 0; // it has just ended
      }
      return bytes;
    }

    @Override
    public void close() {
      // nothing was made
    }
  }
}
