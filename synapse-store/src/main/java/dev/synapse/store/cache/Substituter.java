package dev.synapse.store.cache;

import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Fetches paths from caches into a store.
///
/// For each path the caches are asked in their order, for what it refers to as well, until all of a
/// path's closure is valid here or offered by somebody. Then the archives are fetched, several at a
/// time, what others refer to first, into a folder beside the store, and become valid together: in
/// one transaction, or in several where there is so much that losing it would hurt.
///
/// A cache that fails or lies in any way is set aside until this object is closed, that is said
/// once, and its paths are looked for elsewhere. So the work ends: each round fetches everything or
/// loses a cache. Nothing a cache sends reaches the store before its hash was compared. Caches
/// belong to whoever made them and stay open. For any number of threads.
public final class Substituter implements Substitutes {
  private static final int LOOKUPS = 32;
  private static final int MOST_AT_ONCE = 500;
  private static final long MUCH_AT_ONCE = 1L << 30;

  private final LocalStore store;
  private final List<BinaryCache> caches;
  private final Trust trust;
  private final int parallel;
  private final Clock clock;
  private final Consumer<CacheEvent> events;

  private final Set<BinaryCache> aside = ConcurrentHashMap.newKeySet();
  private final Set<BinaryCache> distrusted = ConcurrentHashMap.newKeySet();
  private final Map<BinaryCache, Map<StorePath, Optional<NarInfo>>> told =
      new ConcurrentHashMap<>();
  private final Map<StorePath, CacheProblem> reasons = new ConcurrentHashMap<>();
  private Optional<List<BinaryCache>> ordered = Optional.empty();

  /// Fetches into `store`.
  ///
  /// @param caches asked in the order of their priorities, and in the given one where those are the
  ///   same
  /// @param parallel how many archives to fetch at a time
  /// @param events is told what happens, by several threads
  public Substituter(
      LocalStore store,
      List<BinaryCache> caches,
      Trust trust,
      int parallel,
      Consumer<CacheEvent> events) {
    this.store = store;
    this.caches = List.copyOf(caches);
    this.trust = trust;
    this.parallel = Math.max(1, parallel);
    this.clock = Clock.systemUTC();
    this.events = events;
  }

  private record Found(BinaryCache cache, NarInfo narInfo) {
    long size() {
      return narInfo.info().narSize();
    }

    SortedSet<StorePath> references() {
      return narInfo.info().references();
    }
  }

  @Override
  public SortedMap<StorePath, Offer> offers(Collection<StorePath> paths) throws IOException {
    SortedMap<StorePath, Offer> offers = new TreeMap<>();
    plan(paths)
        .forEach(
            found ->
                offers.put(
                    found.narInfo().path(),
                    new Offer(
                        found.cache().location(),
                        found.narInfo().file().size().orElse(found.size()),
                        found.size())));
    return offers;
  }

  @Override
  public SortedSet<StorePath> substitute(Collection<StorePath> paths) throws IOException {
    while (true) {
      List<Found> plan = plan(paths);
      if (plan.isEmpty()) {
        SortedSet<StorePath> valid = new TreeSet<>();
        for (StorePath path : paths) {
          if (store.isValid(path)) {
            valid.add(path);
          }
        }
        return valid;
      }
      fetchAll(plan);
    }
  }

  /// Why a path that was asked for is not there; empty if nobody has it.
  public Optional<CacheProblem> reason(StorePath path) {
    return Optional.ofNullable(reasons.get(path));
  }

  /// What to fetch for `paths`, what others refer to first. Holds only what is sure to become valid
  /// if nobody lies.
  private List<Found> plan(Collection<StorePath> paths) throws IOException {
    Map<StorePath, Found> offered = new HashMap<>();
    Set<StorePath> seen = new HashSet<>();
    Set<StorePath> level = new TreeSet<>(paths);
    while (!level.isEmpty()) {
      List<StorePath> asked = new ArrayList<>();
      for (StorePath path : level) {
        if (seen.add(path)) {
          store.addTemporaryRoot(path); // what is valid stays so until the rest is
          if (!store.isValid(path)) {
            asked.add(path);
          }
        }
      }
      Map<StorePath, Found> answers = new ConcurrentHashMap<>();
      Parallel.each(
          asked, LOOKUPS, path -> find(path).ifPresent(found -> answers.put(path, found)));
      offered.putAll(answers);
      level = new TreeSet<>();
      for (Found found : answers.values()) {
        level.addAll(found.references());
      }
    }
    return new Ordering(paths, complete(offered)).run();
  }

  /// Takes away, again and again, what refers to something that is neither valid nor offered.
  private Map<StorePath, Found> complete(Map<StorePath, Found> offered) throws IOException {
    Map<StorePath, List<StorePath>> referrers = referrers(offered);
    Deque<StorePath> lost = new ArrayDeque<>();
    for (StorePath reference : referrers.keySet()) {
      if (!offered.containsKey(reference) && !store.isValid(reference)) {
        lost.add(reference);
      }
    }
    Map<StorePath, Found> complete = new HashMap<>(offered);
    while (!lost.isEmpty()) {
      StorePath missing = lost.pop();
      for (StorePath referrer : referrers.getOrDefault(missing, List.of())) {
        Found found = complete.remove(referrer);
        if (found != null) {
          String cache = found.cache().location();
          reasons.putIfAbsent(
              referrer,
              reason(missing).orElse(new CacheProblem.MissingReference(cache, referrer, missing)));
          lost.add(referrer);
        }
      }
    }
    return complete;
  }

  /// For everything that what is offered refers to, who does.
  private static Map<StorePath, List<StorePath>> referrers(Map<StorePath, Found> offered) {
    Map<StorePath, List<StorePath>> referrers = new LinkedHashMap<>();
    offered.forEach(
        (path, found) ->
            found
                .references()
                .forEach(
                    each -> referrers.computeIfAbsent(each, _ -> new ArrayList<>()).add(path)));
    return referrers;
  }

  /// What `wanted` needs, in an order in which references come first; paths that refer to each
  /// other in a circle, which no store takes, are left out with what needs them.
  private static final class Ordering {
    private final Map<StorePath, Found> available;
    private final Map<StorePath, Found> ordered = new LinkedHashMap<>();
    private final Set<StorePath> open = new HashSet<>();
    private final Set<StorePath> bad = new HashSet<>();
    private final Deque<StorePath> stack;

    Ordering(Collection<StorePath> wanted, Map<StorePath, Found> available) {
      this.available = available;
      this.stack = new ArrayDeque<>(new TreeSet<>(wanted));
    }

    List<Found> run() {
      while (!stack.isEmpty()) {
        StorePath path = stack.peek();
        Found found = available.get(path);
        if (found == null || ordered.containsKey(path) || bad.contains(path)) {
          stack.pop();
        } else if (open.add(path)) {
          enter(path, found);
        } else {
          stack.pop();
          leave(path, found);
        }
      }
      return List.copyOf(ordered.values());
    }

    /// What is open and not ordered is on the way to `path`: to refer to it closes a circle.
    private void enter(StorePath path, Found found) {
      for (StorePath reference : found.references()) {
        if (!open.contains(reference)) {
          stack.push(reference);
        } else if (!reference.equals(path) && !ordered.containsKey(reference)) {
          bad.add(reference);
        }
      }
    }

    private void leave(StorePath path, Found found) {
      if (found.references().stream().noneMatch(bad::contains)) {
        ordered.put(path, found);
      } else {
        bad.add(path);
      }
    }
  }

  private Optional<Found> find(StorePath path) throws IOException {
    for (BinaryCache cache : inOrder()) {
      if (!aside.contains(cache)) {
        try {
          Optional<NarInfo> narInfo = ask(cache, path);
          if (narInfo.isPresent()) {
            return Optional.of(new Found(cache, narInfo.get()));
          }
        } catch (CacheException e) {
          blame(cache, path, e.problem());
        }
      }
    }
    return Optional.empty();
  }

  private Optional<NarInfo> ask(BinaryCache cache, StorePath path) throws IOException {
    Map<StorePath, Optional<NarInfo>> known =
        told.computeIfAbsent(cache, _ -> new ConcurrentHashMap<>());
    Optional<NarInfo> answer = known.get(path);
    if (answer == null) {
      answer = NarInfos.read(cache, path);
      if (answer.isPresent()) {
        try {
          trust.require(cache.location(), answer.get());
        } catch (CacheException e) {
          known.put(path, Optional.empty());
          throw e;
        }
      }
      known.put(path, answer);
    }
    return answer;
  }

  private synchronized List<BinaryCache> inOrder() throws IOException {
    if (ordered.isEmpty()) {
      Map<BinaryCache, Integer> priorities = new ConcurrentHashMap<>();
      Parallel.each(
          caches,
          LOOKUPS,
          cache -> {
            try {
              CacheInfo info =
                  NarInfos.info(cache)
                      .orElseThrow(
                          () ->
                              new CacheException(
                                  new CacheProblem.NotACache(
                                      cache.location(), "it has no '" + CacheInfo.FILE + "'")));
              priorities.put(cache, info.priority().orElse(CacheInfo.DEFAULT_PRIORITY));
            } catch (CacheException e) {
              setAside(cache, e.problem());
            }
          });
      ordered =
          Optional.of(
              caches.stream()
                  .sorted(
                      Comparator.comparing(
                          cache -> priorities.getOrDefault(cache, Integer.MAX_VALUE)))
                  .toList());
    }
    return ordered.get();
  }

  private void setAside(BinaryCache cache, CacheProblem problem) {
    if (aside.add(cache)) {
      events.accept(new CacheEvent.SetAside(cache.location(), problem));
    }
  }

  /// What nothing vouches for says little of the other paths; everything else says all of a cache.
  private void blame(BinaryCache cache, StorePath path, CacheProblem problem) {
    reasons.putIfAbsent(path, problem);
    boolean trustOnly =
        problem instanceof CacheProblem.Untrusted
            || problem instanceof CacheProblem.BadSignature
            || problem instanceof CacheProblem.UnknownCompression;
    if (!trustOnly) {
      setAside(cache, problem);
    } else if (distrusted.add(cache)) {
      events.accept(new CacheEvent.Distrusted(cache.location(), problem));
    }
  }

  private void fetchAll(List<Found> plan) throws IOException {
    List<Found> batch = new ArrayList<>();
    long size = 0;
    for (Found found : plan) {
      batch.add(found);
      size += found.size();
      if (batch.size() == MOST_AT_ONCE || size >= MUCH_AT_ONCE) {
        if (!fetch(batch)) {
          return;
        }
        batch.clear();
        size = 0;
      }
    }
    boolean _ = fetch(batch);
  }

  /// Fetches all of these and makes valid what can be; says whether that is all.
  private boolean fetch(List<Found> batch) throws IOException {
    if (batch.isEmpty()) {
      return true;
    }
    try (BuildDirectory scratch = store.newBuildDirectory("substitute")) {
      Set<StorePath> arrived = ConcurrentHashMap.newKeySet();
      Parallel.each(
          batch,
          parallel,
          found -> {
            if (fetch(found, place(scratch, found.narInfo().path()))) {
              arrived.add(found.narInfo().path());
            }
          });
      Map<StorePath, LocalStore.Restored> trees = new LinkedHashMap<>();
      for (Found found : batch) {
        PathInfo info = found.narInfo().info();
        if (arrived.contains(info.path()) && hasReferences(info, trees.keySet())) {
          trees.put(
              info.path(), new LocalStore.Restored(registered(info), place(scratch, info.path())));
        }
      }
      return adopt(trees, batch) && trees.size() == batch.size();
    }
  }

  /// What a store refuses though its hash is right, such as a `.drv` that is no derivation, is the
  /// fault of whoever offered it.
  private boolean adopt(Map<StorePath, LocalStore.Restored> trees, List<Found> batch)
      throws IOException {
    try {
      store.adoptRestored(trees);
      return true;
    } catch (StoreException e) {
      Optional<StorePath> refused = refused(e.problem());
      for (Found found : batch) {
        if (refused.filter(found.narInfo().path()::equals).isPresent()) {
          String cache = found.cache().location();
          blame(
              found.cache(),
              found.narInfo().path(),
              new CacheProblem.BadNar(cache, found.narInfo().path(), e.problem().message()));
          return false;
        }
      }
      throw e;
    }
  }

  private static Optional<StorePath> refused(StoreProblem problem) {
    return switch (problem) {
      case StoreProblem.BadDerivation(var path, _) -> Optional.of(path);
      case StoreProblem.WrongAddress(var path, _) -> Optional.of(path);
      case StoreProblem.InvalidReference(var path, _) -> Optional.of(path);
      case StoreProblem.ReferenceCycle(var paths) -> paths.stream().findFirst();
      default -> Optional.empty();
    };
  }

  private boolean hasReferences(PathInfo info, Set<StorePath> others) throws IOException {
    for (StorePath reference : info.references()) {
      if (!reference.equals(info.path())
          && !others.contains(reference)
          && !store.isValid(reference)) {
        return false;
      }
    }
    return true;
  }

  private static Path place(BuildDirectory scratch, StorePath path) {
    return scratch.path().resolve(path.baseName());
  }

  private PathInfo registered(PathInfo info) {
    PathInfo.Origin origin = info.origin();
    return new PathInfo(
        info.path(),
        info.nar(),
        info.references(),
        new PathInfo.Origin(
            origin.deriver(),
            clock.instant().getEpochSecond(),
            false,
            origin.signatures(),
            origin.address()));
  }

  private boolean fetch(Found found, Path place) throws IOException {
    BinaryCache cache = found.cache();
    StorePath path = found.narInfo().path();
    if (aside.contains(cache)) {
      return false;
    }
    if (found.size() > Files.getFileStore(store.objects()).getUsableSpace()) {
      forget(cache, path);
      reasons.put(
          path,
          new CacheProblem.BadNar(
              cache.location(),
              path,
              "the announced %d bytes do not fit on the disk".formatted(found.size())));
      return false;
    }
    events.accept(new CacheEvent.Fetching(cache.location(), path, found.size()));
    try {
      new NarFetch(cache, found.narInfo()).restore(place);
    } catch (CacheException e) {
      if (e.problem() instanceof CacheProblem.UnknownCompression) {
        forget(cache, path);
      }
      blame(cache, path, e.problem());
      return false;
    }
    events.accept(new CacheEvent.Fetched(cache.location(), path));
    return true;
  }

  /// As if the cache did not have the path.
  private void forget(BinaryCache cache, StorePath path) {
    told.computeIfAbsent(cache, _ -> new ConcurrentHashMap<>()).put(path, Optional.empty());
  }
}
