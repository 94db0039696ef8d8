package dev.synapse.build.maven;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A repository that is a folder, counts what it is asked for, and can be out of order.
final class FolderSource implements ArtifactSource {
  private final Path folder;
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final Set<String> broken = ConcurrentHashMap.newKeySet();

  FolderSource(Path folder) {
    this.folder = folder;
  }

  @Override
  public Optional<InputStream> open(String repository, String path) throws IOException {
    asked.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
    if (broken.contains(path)) {
      throw new IOException("connection reset");
    }
    Path file = folder.resolve(path);
    return Files.exists(file) ? Optional.of(Files.newInputStream(file)) : Optional.empty();
  }

  void put(String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content, UTF_8);
  }

  void breakDown(String path) {
    broken.add(path);
  }

  void repair(String path) {
    broken.remove(path);
  }

  int timesAsked(String path) {
    AtomicInteger times = asked.get(path);
    return times == null ? 0 : times.get();
  }
}
