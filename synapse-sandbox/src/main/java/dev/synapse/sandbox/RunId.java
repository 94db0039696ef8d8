package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of what must not outlive a process: which process owns it (its process namespace, id
/// and start time, so that a number used again is no confusion) and a count.
public record RunId(long namespace, long owner, long ownerStart, long count) {
  private static final Pattern NAME =
      Pattern.compile("synapse-(?<namespace>\\d+)-(?<owner>\\d+)-(?<start>\\d+)-(?<count>\\d+)");

  private static final AtomicLong COUNT = new AtomicLong();

  /// The next name of this process.
  ///
  /// @throws IOException where `/proc` does not show this process
  public static RunId next() throws IOException {
    long self = ProcessHandle.current().pid();
    long start =
        ProcessTable.find(self)
            .orElseThrow(() -> new IOException("/proc does not show this process, " + self))
            .start();
    return new RunId(ownNamespace(), self, start, COUNT.incrementAndGet());
  }

  private static long ownNamespace() throws IOException {
    String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    return Long.parseLong(link.replaceAll("\\D", ""));
  }

  /// Reads what [#toString()] writes; empty if it is something else.
  public static Optional<RunId> parse(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(
            new RunId(
                Long.parseLong(matcher.group("namespace")),
                Long.parseLong(matcher.group("owner")),
                Long.parseLong(matcher.group("start")),
                Long.parseLong(matcher.group("count"))))
        : Optional.empty();
  }

  /// Whether its owner is certainly dead. One of another process namespace can't be known.
  public boolean isStale() throws IOException {
    return namespace == ownNamespace()
        && ProcessTable.find(owner).filter(found -> found.start() == ownerStart).isEmpty();
  }

  @Override
  public String toString() {
    return "synapse-%d-%d-%d-%d".formatted(namespace, owner, ownerStart, count);
  }
}
