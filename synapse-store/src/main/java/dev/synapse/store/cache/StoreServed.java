package dev.synapse.store.cache;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import dev.synapse.store.signature.SigningKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/// A store as a cache: archives are made when they are asked for, `nar/DIGEST-NARHASH.nar`. The
/// hash is in the name, so that an address never means two archives.
///
/// What it says of a path is kept for a second: a crowd that asks for the same is answered without
/// the database, and what a collector deletes is gone a second later.
final class StoreServed implements ServedCache {
  private static final long KEPT_NANOSECONDS = 1_000_000_000;
  private static final int MOST_KEPT = 20_000;
  private static final String NAR = "nar/";
  private static final String LOG = "log/";
  private static final String NAR_SUFFIX = ".nar";

  private final LocalStore store;
  private final Compression compression;
  private final List<SigningKey> keys;
  private final byte[] info;
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();

  private record Kept(Optional<byte[]> narInfo, long since) {}

  StoreServed(LocalStore store, Compression compression, List<SigningKey> keys, int priority) {
    this.store = store;
    this.compression = compression;
    this.keys = List.copyOf(keys);
    this.info = new CacheInfo(true, Optional.of(priority)).toBytes();
  }

  @Override
  public Optional<Served> find(String file) throws IOException {
    if (file.equals(CacheInfo.FILE)) {
      return Optional.of(Served.of(CacheServer.TEXT, info));
    }
    if (file.endsWith(NarInfo.SUFFIX)) {
      return narInfo(file.substring(0, file.length() - NarInfo.SUFFIX.length()))
          .map(bytes -> Served.of(CacheServer.NARINFO, bytes));
    }
    if (file.startsWith(NAR)) {
      return nar(file.substring(NAR.length()));
    }
    return file.startsWith(LOG) ? log(file.substring(LOG.length())) : Optional.empty();
  }

  private Optional<byte[]> narInfo(String digest) throws IOException {
    if (digest.length() != StorePath.DIGEST_LENGTH) {
      return Optional.empty();
    }
    long now = System.nanoTime();
    Kept known = kept.get(digest);
    if (known == null || now - known.since() > KEPT_NANOSECONDS) {
      if (kept.size() >= MOST_KEPT) {
        kept.clear();
      }
      known = new Kept(made(digest), now);
      kept.put(digest, known);
    }
    return known.narInfo();
  }

  private Optional<byte[]> made(String digest) throws IOException {
    Optional<PathInfo> known = find(digest, Optional.empty());
    if (known.isEmpty()) {
      return Optional.empty();
    }
    PathInfo path = known.get();
    String url =
        "%s%s-%s%s%s"
            .formatted(NAR, digest, path.narHash().toNix32(), NAR_SUFFIX, compression.suffix());
    boolean plain = compression == Compression.NONE;
    NarInfo narInfo =
        new NarInfo(
            path,
            new NarFile(
                url,
                compression.label(),
                plain ? Optional.of(path.narHash()) : Optional.empty(),
                plain ? OptionalLong.of(path.narSize()) : OptionalLong.empty()),
            Optional.empty());
    for (SigningKey key : keys) {
      narInfo = narInfo.signedBy(key);
    }
    return Optional.of(narInfo.toBytes());
  }

  private Optional<PathInfo> find(String digest, Optional<String> narHash) throws IOException {
    Optional<StorePath> path = store.findByDigest(digest);
    Optional<PathInfo> found = path.isPresent() ? store.find(path.get()) : Optional.empty();
    return found
        .filter(each -> each.narSize() > 0)
        .filter(each -> narHash.isEmpty() || isThe(each.narHash(), narHash.get()));
  }

  private static boolean isThe(Hash hash, String nix32) {
    return hash.toNix32().equals(nix32);
  }

  private Optional<Served> nar(String name) throws IOException {
    int dash = name.indexOf('-');
    int dot = name.indexOf(NAR_SUFFIX);
    if (dash != StorePath.DIGEST_LENGTH || dot < dash) {
      return Optional.empty();
    }
    String suffix = name.substring(dot + NAR_SUFFIX.length());
    Optional<PathInfo> known =
        find(name.substring(0, dash), Optional.of(name.substring(dash + 1, dot)));
    for (Compression each : Compression.values()) {
      if (known.isPresent() && each.suffix().equals(suffix)) {
        return Optional.of(nar(known.get(), each, name));
      }
    }
    return Optional.empty();
  }

  private Served nar(PathInfo path, Compression method, String name) {
    boolean plain = method == Compression.NONE;
    return new Served(
        CacheServer.BINARY,
        plain ? OptionalLong.of(path.narSize()) : OptionalLong.empty(),
        plain ? Optional.of(name) : Optional.empty(),
        out -> {
          store.addTemporaryRoot(path.path());
          try (OutputStream compressed = method.compress(out, method.level(false), 0)) {
            Nar.write(store.physical(path.path()), compressed);
          }
        });
  }

  private Optional<Served> log(String name) throws IOException {
    StorePath derivation;
    try {
      derivation = StorePath.ofBaseName(name);
    } catch (StorePathException _) {
      return Optional.empty();
    }
    Optional<InputStream> log = store.logs().reader(derivation);
    if (log.isEmpty()) {
      return Optional.empty();
    }
    log.get().close();
    return Optional.of(
        new Served(
            CacheServer.TEXT,
            OptionalLong.empty(),
            Optional.empty(),
            out -> {
              Optional<InputStream> again = store.logs().reader(derivation);
              if (again.isPresent()) {
                try (InputStream in = again.get()) {
                  in.transferTo(out);
                }
              }
            }));
  }

  @Override
  public Optional<String> take(String file, InputStream contents) {
    return Optional.of("a store is served read-only: serve a folder to upload into");
  }

  @Override
  public Contents contents(int most) throws IOException {
    LocalStore.Extent extent = store.extent();
    List<Entry> entries = new ArrayList<>();
    for (StorePath path : byName(store.allValid(), most)) {
      store.find(path).map(Entry::of).ifPresent(entries::add);
    }
    return new Contents(extent.paths(), OptionalLong.of(extent.narBytes()), entries);
  }

  private static List<StorePath> byName(Collection<StorePath> paths, int most) {
    return paths.stream()
        .sorted(Comparator.comparing(StorePath::name).thenComparing(StorePath::digest))
        .limit(most)
        .toList();
  }
}
