package dev.synapse.store.local;

import dev.synapse.store.path.StorePath;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Paths that no collector may delete while this process works with them: written into a locked
/// file, and told to a collector that runs at the moment. The lock ends with the process.
final class TemporaryRoots implements AutoCloseable {
  private final StoreLayout layout;
  private final Set<StorePath> known = new HashSet<>();
  private @Nullable FileLock file;

  TemporaryRoots(StoreLayout layout) {
    this.layout = layout;
  }

  synchronized void add(StorePath path) throws IOException {
    if (!known.add(path)) {
      return;
    }
    Optional<FileLock> quiet = FileLock.tryShared(layout.collectorLock());
    if (quiet.isPresent()) {
      try (FileLock _ = quiet.get()) {
        append(path);
      }
    } else {
      append(path);
      tellCollector(path);
    }
  }

  private void append(StorePath path) throws IOException {
    FileLock open = file;
    if (open == null) {
      open = create();
      file = open;
    }
    open.append((path + "\0").getBytes(StandardCharsets.UTF_8));
  }

  /// Named after the process; with a number where this process has several stores open on one
  /// folder, or another has the same number in a namespace of its own.
  private FileLock create() throws IOException {
    Files.createDirectories(layout.temporaryRoots());
    long process = ProcessHandle.current().pid();
    for (int number = 0; ; number++) {
      String name = number == 0 ? Long.toString(process) : process + "-" + number;
      Optional<FileLock> lock = FileLock.tryExclusive(layout.temporaryRoots().resolve(name));
      if (lock.isPresent()) {
        return lock.get();
      }
    }
  }

  private void tellCollector(StorePath path) throws IOException {
    try (SocketPlace place = new SocketPlace(layout.collectorSocket());
        SocketChannel collector = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      collector.connect(place.address());
      ByteBuffer line = ByteBuffer.wrap((path + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        collector.write(line);
      }
      if (collector.read(ByteBuffer.allocate(1)) < 1) {
        throw new EOFException("the collector closed '" + layout.collectorSocket() + "'");
      }
    } catch (IOException | IllegalArgumentException _) {
      // It ended meanwhile, or cannot be reached: when its lock is free, it has ended.
      try (FileLock _ = FileLock.shared(layout.collectorLock())) {
        return;
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    FileLock open = file;
    file = null;
    known.clear();
    if (open != null) {
      open.delete();
    }
  }
}
