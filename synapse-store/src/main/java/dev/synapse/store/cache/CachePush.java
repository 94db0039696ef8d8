package dev.synapse.store.cache;

import dev.synapse.store.bytes.TeeStream;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.nar.NarHasher;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Fills a cache from a store: paths and all they refer to.
///
/// A path that the cache has is left alone, so that a push that was cut off goes on where it was.
/// Archives go up several at a time, in any order; what the cache says of a path follows when it
/// says so of all the path refers to. So nobody ever finds a path there whose closure is not. An
/// archive streams: it is read, hashed, compressed and hashed again at once, and never held.
public final class CachePush {
  /// Smaller archives are not worth threads of their own.
  private static final long THREADS_FROM = 4L << 20;

  /// How many questions are on their way at a time: they cost the time of an answer, and no work.
  private static final int LOOKUPS = 16;

  private final LocalStore store;
  private final BinaryCache cache;
  private final Options options;
  private final Consumer<CacheEvent> events;

  /// How to push.
  ///
  /// @param level of the compression; empty for what suits the cache, see [Compression#level]
  /// @param keys sign everything that is pushed, besides the signatures it has
  /// @param parallel how many paths at a time
  /// @param threads how many compress one large archive, in zstd
  public record Options(
      Compression compression,
      OptionalInt level,
      List<SigningKey> keys,
      int parallel,
      int threads) {
    /// Copies the list; refuses what makes no sense.
    public Options {
      keys = List.copyOf(keys);
      if (parallel < 1 || threads < 1) {
        throw new IllegalArgumentException("parallel and threads must be above zero");
      }
    }

    /// zstd with as many threads and paths at a time as there are processors.
    public static Options signedBy(List<SigningKey> keys) {
      int processors = Runtime.getRuntime().availableProcessors();
      return of(Compression.ZSTD, keys, processors);
    }

    /// At the level that suits the cache.
    ///
    /// @param parallel how many paths at a time, and threads for one
    public static Options of(Compression compression, List<SigningKey> keys, int parallel) {
      return new Options(compression, OptionalInt.empty(), keys, parallel, parallel);
    }
  }

  /// What a push did.
  ///
  /// @param pushed paths that the cache did not have
  /// @param present paths that it had
  /// @param narSize of the archives pushed, in bytes
  /// @param fileSize of the same, compressed
  public record Pushed(
      SortedSet<StorePath> pushed, SortedSet<StorePath> present, long narSize, long fileSize) {}

  /// Pushes from `store` into `cache`.
  ///
  /// @param events is told what happens, by several threads
  public CachePush(
      LocalStore store, BinaryCache cache, Options options, Consumer<CacheEvent> events) {
    this.store = store;
    this.cache = cache;
    this.options = options;
    this.events = events;
  }

  /// Pushes these valid paths and all they refer to.
  public Pushed push(Collection<StorePath> paths) throws IOException {
    if (NarInfos.info(cache).isEmpty()) {
      cache.write(CacheInfo.FILE, CacheInfo.PLAIN.toBytes());
    }
    for (StorePath path : paths) {
      store.addTemporaryRoot(path);
    }
    SortedSet<StorePath> closure = store.closure(paths);
    Set<StorePath> present = ConcurrentHashMap.newKeySet();
    Parallel.each(
        closure,
        Math.max(options.parallel(), LOOKUPS),
        path -> {
          if (cache.contains(NarInfo.fileOf(path))) {
            present.add(path);
          }
        });
    SortedSet<StorePath> missing = new TreeSet<>(closure);
    missing.removeAll(present);
    Map<StorePath, PathInfo> infos = new HashMap<>();
    for (StorePath path : missing) {
      infos.put(path, info(path));
    }
    AtomicLong narSize = new AtomicLong();
    AtomicLong fileSize = new AtomicLong();
    Map<StorePath, CountDownLatch> done = new HashMap<>();
    missing.forEach(path -> done.put(path, new CountDownLatch(1)));
    Semaphore free = new Semaphore(options.parallel());
    Parallel.each(
        missing,
        Integer.MAX_VALUE,
        path -> {
          PathInfo info = infos.getOrDefault(path, info(path));
          NarInfo narInfo;
          acquire(free);
          try {
            narInfo = upload(info);
          } finally {
            free.release();
          }
          for (StorePath reference : info.references()) {
            CountDownLatch waited = done.get(reference);
            if (waited != null && !reference.equals(path)) {
              await(waited);
            }
          }
          cache.write(NarInfo.fileOf(path), narInfo.toBytes());
          done.getOrDefault(path, new CountDownLatch(1)).countDown();
          long size = narInfo.file().size().orElse(0);
          narSize.addAndGet(info.narSize());
          fileSize.addAndGet(size);
          events.accept(new CacheEvent.Pushed(cache.location(), path, size));
        });
    return new Pushed(missing, new TreeSet<>(present), narSize.get(), fileSize.get());
  }

  private PathInfo info(StorePath path) throws IOException {
    return store.find(path).orElseThrow(() -> new StoreException(new StoreProblem.NotValid(path)));
  }

  private static void acquire(Semaphore free) throws InterruptedIOException {
    try {
      free.acquire();
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedIOException {
    try {
      latch.await();
    } catch (InterruptedException _) {
      throw interrupted();
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while pushing");
  }

  private int level() {
    return options.level().orElseGet(() -> options.compression().level(cache.isNear()));
  }

  private NarInfo upload(PathInfo info) throws IOException {
    events.accept(new CacheEvent.Pushing(cache.location(), info.path(), info.narSize()));
    try (PendingFile pending = cache.create();
        NarHasher fileHasher = new NarHasher(HashAlgorithm.SHA256);
        NarHasher narHasher = new NarHasher(HashAlgorithm.SHA256)) {
      int threads = info.narSize() < THREADS_FROM ? 0 : options.threads();
      OutputStream file = new TeeStream(pending.out(), fileHasher);
      try (OutputStream compressed = options.compression().compress(file, level(), threads)) {
        Nar.write(store.physical(info.path()), new TeeStream(narHasher, compressed));
      }
      NarHash nar = narHasher.finish();
      NarHash compressed = fileHasher.finish();
      boolean sizeKnown = info.narSize() != 0;
      if (!nar.hash().equals(info.narHash()) || (sizeKnown && nar.size() != info.narSize())) {
        throw new CacheException(new CacheProblem.Damaged(info.path(), info.nar(), nar));
      }
      String url = "nar/" + compressed.hash().toNix32() + ".nar" + options.compression().suffix();
      if (!cache.contains(url)) {
        pending.commit(url);
      }
      NarFile stored =
          new NarFile(
              url,
              options.compression().label(),
              Optional.of(compressed.hash()),
              OptionalLong.of(compressed.size()));
      NarInfo narInfo =
          new NarInfo(
              new PathInfo(info.path(), nar, info.references(), info.origin()),
              stored,
              Optional.empty());
      for (SigningKey key : options.keys()) {
        narInfo = narInfo.signedBy(key);
      }
      return narInfo.withSignatures(narInfo.info().signatures());
    }
  }
}
