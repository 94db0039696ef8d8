package dev.synapse.store.cache;

import dev.synapse.store.bytes.TeeStream;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.Nix32;
import dev.synapse.store.nar.NarHasher;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A folder as a cache, which may grow: whoever has the token may put files into it, as long as
/// they are what their names say.
final class FolderServed implements ServedCache {
  private static final String NAR = "nar/";
  private static final String LOG = "log/";
  private static final String LISTING = ".ls";
  private static final int HASH_DIGITS = Nix32.lengthOf(HashAlgorithm.SHA256.size());

  private final FileCache cache;

  FolderServed(FileCache cache) {
    this.cache = cache;
  }

  @Override
  public Optional<Served> find(String file) throws IOException {
    Path place = cache.folder().resolve(file);
    if (!isServed(file) || !Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    boolean nar = file.startsWith(NAR);
    String type =
        file.endsWith(NarInfo.SUFFIX)
            ? CacheServer.NARINFO
            : nar ? CacheServer.BINARY : CacheServer.TEXT;
    if (!nar) {
      return Optional.of(Served.of(type, Files.readAllBytes(place)));
    }
    return Optional.of(
        new Served(
            type,
            OptionalLong.of(Files.size(place)),
            Optional.of(file.substring(NAR.length())),
            out -> {
              try (FileChannel channel = FileChannel.open(place)) {
                if (out instanceof SliceStream slice) {
                  channel.position(slice.skip(channel.size()));
                }
                try (InputStream in = Channels.newInputStream(channel)) {
                  in.transferTo(out);
                }
              }
            }));
  }

  /// Only what belongs to a cache: whatever else lies in the folder is nobody's business.
  private static boolean isServed(String file) {
    boolean top = file.indexOf('/') < 0;
    boolean below = file.startsWith(NAR) || file.startsWith(LOG);
    boolean single = file.indexOf('/') == file.lastIndexOf('/');
    return file.equals(CacheInfo.FILE)
        || (top && (file.endsWith(NarInfo.SUFFIX) || file.endsWith(LISTING)))
        || (below && single && !file.contains("/."));
  }

  @Override
  public Optional<String> take(String file, InputStream contents) throws IOException {
    if (!isServed(file)) {
      return Optional.of("'%s' is no file of a binary cache".formatted(file));
    }
    if (file.equals(CacheInfo.FILE)) {
      return takeInfo(contents);
    }
    return file.endsWith(NarInfo.SUFFIX) ? takeNarInfo(file, contents) : takeFile(file, contents);
  }

  /// What clients write when they see none; what is there already stays.
  private Optional<String> takeInfo(InputStream contents) throws IOException {
    byte[] bytes = contents.readNBytes(NarInfo.LIMIT);
    try {
      CacheInfo info = CacheInfo.parse(bytes);
      if (!cache.contains(CacheInfo.FILE)) {
        cache.write(CacheInfo.FILE, info.toBytes());
      }
      return Optional.empty();
    } catch (NarInfoException e) {
      return Optional.of(e.problem().message());
    }
  }

  private Optional<String> takeNarInfo(String file, InputStream contents) throws IOException {
    byte[] bytes = contents.readNBytes(NarInfo.LIMIT + 1);
    NarInfo narInfo;
    try {
      narInfo = NarInfo.parse(bytes);
    } catch (NarInfoException e) {
      return Optional.of(e.problem().message());
    }
    if (!file.equals(NarInfo.fileOf(narInfo.path()))) {
      return Optional.of("it speaks of '%s'".formatted(narInfo.path()));
    }
    if (!cache.contains(narInfo.file().url())) {
      return Optional.of("its archive '%s' is not here yet".formatted(narInfo.file().url()));
    }
    for (StorePath reference : narInfo.info().references()) {
      if (!reference.equals(narInfo.path()) && !cache.contains(NarInfo.fileOf(reference))) {
        return Optional.of("'%s', which it refers to, is not here yet".formatted(reference));
      }
    }
    try (PendingFile pending = cache.create()) {
      new ByteArrayInputStream(bytes).transferTo(pending.out());
      pending.commit(file);
    }
    return Optional.empty();
  }

  /// The name of an archive begins with its hash, as every client of this protocol writes it.
  private Optional<String> takeFile(String file, InputStream contents) throws IOException {
    String name = file.substring(file.indexOf('/') + 1);
    int dot = name.indexOf('.');
    boolean hashed = file.startsWith(NAR) && dot == HASH_DIGITS;
    try (PendingFile pending = cache.create();
        NarHasher hasher = new NarHasher(HashAlgorithm.SHA256)) {
      OutputStream both = new TeeStream(pending.out(), hasher);
      contents.transferTo(both);
      String hash = hasher.finish().hash().toNix32();
      if (hashed && !hash.equals(name.substring(0, dot))) {
        return Optional.of("its hash is %s, not the one in its name".formatted(hash));
      }
      pending.commit(file);
    }
    return Optional.empty();
  }

  @Override
  public Contents contents(int most) throws IOException {
    List<String> files = cache.narInfos();
    List<Entry> entries = new ArrayList<>();
    for (String file : files.subList(0, Math.min(most, files.size()))) {
      try {
        NarInfos.read(cache, file).map(narInfo -> Entry.of(narInfo.info())).ifPresent(entries::add);
      } catch (CacheException _) {
        // a damaged file is no reason to show nothing
      }
    }
    entries.sort(
        Comparator.comparing((Entry each) -> each.path().name())
            .thenComparing(each -> each.path().digest()));
    return new Contents(files.size(), OptionalLong.empty(), entries);
  }
}
