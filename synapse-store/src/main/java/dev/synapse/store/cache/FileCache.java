package dev.synapse.store.cache;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/// A cache in a folder, as `nix copy --to file://…` makes it.
///
/// A file is written beside its place, brought to the disk and renamed. What a process leaves that
/// dies while it writes is deleted by a later one, a day after.
final class FileCache implements BinaryCache {
  private static final String PARTIAL = ".partial-";
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final String location;
  private final Path folder;
  private final AtomicBoolean swept = new AtomicBoolean();

  FileCache(String location, Path folder) {
    this.location = location;
    this.folder = folder.toAbsolutePath().normalize();
  }

  @Override
  public String location() {
    return location;
  }

  @Override
  public boolean isNear() {
    return true;
  }

  /// The folder, absolute.
  Path folder() {
    return folder;
  }

  private Path place(String file) throws IOException {
    Path place = folder.resolve(file).normalize();
    if (!NarFile.isInside(file) || !place.startsWith(folder)) {
      throw new IllegalArgumentException("'" + file + "' leads out of the cache");
    }
    return place;
  }

  @Override
  public Optional<InputStream> read(String file) throws IOException {
    try {
      Path place = place(file);
      if (Files.isDirectory(place)) {
        return Optional.empty();
      }
      return Optional.of(new Blaming(Files.newInputStream(place)));
    } catch (NoSuchFileException | NotDirectoryException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  @Override
  public boolean contains(String file) throws IOException {
    return Files.isRegularFile(place(file));
  }

  @Override
  public PendingFile create() throws IOException {
    Files.createDirectories(folder);
    if (swept.compareAndSet(false, true)) {
      int _ = sweep(Clock.systemUTC());
    }
    return new Pending(folder.resolve(PARTIAL + UUID.randomUUID()));
  }

  @Override
  public List<String> narInfos() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + NarInfo.SUFFIX)) {
      entries.forEach(each -> names.add(String.valueOf(each.getFileName())));
    } catch (DirectoryIteratorException e) {
      throw unreachable(requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw unreachable(e);
    }
    Collections.sort(names);
    return names;
  }

  private CacheException unreachable(IOException e) {
    return new CacheException(
        new CacheProblem.Unreachable(
            location, e.getClass().getSimpleName() + ": " + e.getMessage()),
        e);
  }

  /// Deletes what others began more than a day ago and did not finish; says how many.
  int sweep(Clock clock) throws IOException {
    int swept = 0;
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, PARTIAL + "*")) {
        for (Path each : entries) {
          FileTime changed = Files.getLastModifiedTime(each);
          if (changed.toInstant().isBefore(clock.instant().minus(ABANDONED))) {
            swept += Files.deleteIfExists(each) ? 1 : 0;
          }
        }
      } catch (DirectoryIteratorException e) {
        throw requireNonNull(e.getCause());
      }
    }
    return swept;
  }

  @Override
  public void close() {
    // nothing is open
  }

  /// A disk that fails while it is read is the cache's failure.
  private final class Blaming extends BulkFilterStream {
    Blaming(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      try {
        return in.read(bytes, from, length);
      } catch (IOException e) {
        throw unreachable(e);
      }
    }
  }

  private final class Pending implements PendingFile {
    private final Path partial;
    private final FileChannel channel;
    private final OutputStream out;

    Pending(Path partial) throws IOException {
      this.partial = partial;
      this.channel =
          FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      this.out = Channels.newOutputStream(channel);
    }

    @Override
    public OutputStream out() {
      return out;
    }

    @Override
    public void commit(String file) throws IOException {
      Path place = place(file);
      channel.force(true);
      channel.close();
      Files.createDirectories(place.getParent());
      Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
      channel.close();
      Files.deleteIfExists(partial);
    }
  }
}
