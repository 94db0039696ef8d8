package dev.synapse.store.cache;

import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/// Work on a whole cache: signing what is in it, and finding out whether it keeps its word.
public final class CacheUpkeep {
  private static final int AT_ONCE = 8;

  private final BinaryCache cache;

  /// Works on `cache`.
  public CacheUpkeep(BinaryCache cache) {
    this.cache = cache;
  }

  /// The files of all paths given, or of all there are where none is.
  private Collection<String> files(Collection<StorePath> paths) throws IOException {
    return paths.isEmpty() ? cache.narInfos() : paths.stream().map(NarInfo::fileOf).toList();
  }

  private NarInfo read(String file, Collection<StorePath> paths) throws IOException {
    for (StorePath path : paths) {
      if (NarInfo.fileOf(path).equals(file)) {
        return NarInfos.read(cache, path)
            .orElseThrow(
                () -> new CacheException(new CacheProblem.NotFound(cache.location(), path)));
      }
    }
    NarInfo narInfo =
        NarInfos.read(cache, file)
            .orElseThrow(
                () ->
                    new CacheException(
                        new CacheProblem.BadNarInfo(
                            cache.location(), file, new NarInfoProblem.Missing("StorePath"))));
    if (!NarInfo.fileOf(narInfo.path()).equals(file)) {
      throw new CacheException(
          new CacheProblem.BadNarInfo(
              cache.location(),
              file,
              new NarInfoProblem.BadValue(
                  "StorePath", narInfo.path().toString(), "the file bears another digest")));
    }
    return narInfo;
  }

  /// Adds signatures by `keys` to what the cache says; those that are there stay. Says nothing of
  /// the archives: whoever signs vouches for them.
  ///
  /// @param paths empty for everything that is in the cache
  /// @return what was signed and was not before
  public SortedSet<StorePath> sign(Collection<StorePath> paths, List<SigningKey> keys)
      throws IOException {
    SortedSet<StorePath> signed = Collections.synchronizedSortedSet(new TreeSet<>());
    Parallel.each(
        files(paths),
        AT_ONCE,
        file -> {
          NarInfo before = read(file, paths);
          NarInfo after = before;
          for (SigningKey key : keys) {
            after = after.signedBy(key);
          }
          if (!after.equals(before)) {
            cache.write(file, after.toBytes());
            signed.add(before.path());
          }
        });
    return signed;
  }

  /// What was found out about a cache.
  ///
  /// @param checked how many paths were looked at
  /// @param problems what is wrong, in no order
  public record Findings(int checked, List<CacheProblem> problems) {
    /// Copies the list.
    public Findings {
      problems = List.copyOf(problems);
    }
  }

  /// Looks whether what the cache says can be believed, is complete, and true.
  ///
  /// @param paths empty for everything that is in the cache
  /// @param contents whether to read all archives and compare their hashes
  public Findings check(Collection<StorePath> paths, Trust trust, boolean contents)
      throws IOException {
    List<CacheProblem> problems = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger checked = new AtomicInteger();
    if (NarInfos.info(cache).isEmpty()) {
      problems.add(
          new CacheProblem.NotACache(cache.location(), "it has no '" + CacheInfo.FILE + "'"));
    }
    Parallel.each(
        files(paths),
        AT_ONCE,
        file -> {
          checked.incrementAndGet();
          try {
            check(read(file, paths), trust, contents, problems);
          } catch (CacheException e) {
            problems.add(e.problem());
          }
        });
    return new Findings(checked.get(), problems);
  }

  private void check(NarInfo narInfo, Trust trust, boolean contents, List<CacheProblem> problems)
      throws IOException {
    try {
      trust.require(cache.location(), narInfo);
    } catch (CacheException e) {
      problems.add(e.problem());
    }
    for (StorePath reference : narInfo.info().references()) {
      if (!cache.contains(NarInfo.fileOf(reference))) {
        problems.add(
            new CacheProblem.MissingReference(cache.location(), narInfo.path(), reference));
      }
    }
    if (contents) {
      new NarFetch(cache, narInfo).check();
    } else if (!cache.contains(narInfo.file().url())) {
      problems.add(new CacheProblem.NoNar(cache.location(), narInfo.path(), narInfo.file().url()));
    }
  }
}
