package dev.synapse.store.local;

import dev.synapse.store.local.PathGraph.Keeping;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Deletes what no root needs, as Nix does and safely beside it: it holds Nix's lock of collectors,
/// reads the temporary roots of all processes, and takes those that come meanwhile through Nix's
/// socket. By default an output keeps the derivation that built it, and not the other way round.
///
/// The graph of all paths is read into memory at once and marked from the roots, which takes time
/// in proportion to paths and references. Then dead paths are deleted, each before what it refers
/// to, some hundred at a time: first forgotten in one transaction, on the disk too, then their
/// files deleted. A process that dies in between leaves files that nothing valid stands for, which
/// the next collection deletes. What became valid meanwhile, and what that needs, stays. What is
/// not valid is deleted with its lock held, so not while somebody makes it.
public final class GarbageCollector {
  private static final int BATCH = 250;
  private static final String LOCK_SUFFIX = ".lock";
  private static final String SCRATCH_PREFIX = "tmp-";
  private static final int NOT_REACHED = -2;
  private static final int BY_ROOT = -1;

  /// Deletes what dead processes left of their builds, and tells of what it cannot delete.
  interface Sweep {
    int run(Consumer<String> tell) throws IOException;
  }

  private final StoreLayout layout;
  private final Database database;
  private final Sweep sweep;
  private final Keeping keeping;
  private final Runnable waits;
  private final Consumer<String> warns;

  GarbageCollector(StoreLayout layout, Database database, Sweep sweep) {
    this(layout, database, sweep, new Keeping(true, false), () -> {}, _ -> {});
  }

  private GarbageCollector(
      StoreLayout layout,
      Database database,
      Sweep sweep,
      Keeping keeping,
      Runnable waits,
      Consumer<String> warns) {
    this.layout = layout;
    this.database = database;
    this.sweep = sweep;
    this.keeping = keeping;
    this.waits = waits;
    this.warns = warns;
  }

  /// The same with other answers to what keeps what.
  ///
  /// @param derivations whether a path keeps the derivation that built it
  /// @param outputs whether a derivation keeps its outputs
  public GarbageCollector keeping(boolean derivations, boolean outputs) {
    return new GarbageCollector(
        layout, database, sweep, new Keeping(derivations, outputs), waits, warns);
  }

  /// The same, running `waiting` when another collection goes on for longer than a moment.
  public GarbageCollector onWait(Runnable waiting) {
    return new GarbageCollector(layout, database, sweep, keeping, waiting, warns);
  }

  /// The same, telling `warning` of what a build left that cannot be deleted, which ends no
  /// collection.
  public GarbageCollector onWarning(Consumer<String> warning) {
    return new GarbageCollector(layout, database, sweep, keeping, waits, warning);
  }

  /// All that keeps valid paths alive now, sorted by place.
  public SortedSet<StoreRoot> roots() throws IOException {
    PathGraph graph = database.graph();
    return roots(graph, finder(graph, false));
  }

  private static SortedSet<StoreRoot> roots(PathGraph graph, RootFinder finder) throws IOException {
    SortedSet<StoreRoot> roots = new TreeSet<>(finder.permanent());
    for (StoreRoot root : finder.temporary()) {
      if (graph.placeOf(root.path()).isPresent()) {
        roots.add(root);
      }
    }
    return roots;
  }

  private RootFinder finder(PathGraph graph, boolean cleaning) {
    return new RootFinder(layout, path -> graph.placeOf(path).isPresent(), cleaning);
  }

  /// The roots that keep a valid path alive, directly or through others, sorted by place.
  public SortedSet<StoreRoot> rootsOf(StorePath path) throws IOException {
    PathGraph graph = database.graph();
    int start =
        graph.placeOf(path).orElseThrow(() -> new StoreException(new StoreProblem.NotValid(path)));
    boolean[] keepers = closure(graph.keepers(keeping), start);
    SortedSet<StoreRoot> roots = new TreeSet<>();
    for (StoreRoot root : roots(graph, finder(graph, false))) {
      OptionalInt place = graph.placeOf(root.path());
      if (place.isPresent() && keepers[place.getAsInt()]) {
        roots.add(root);
      }
    }
    return roots;
  }

  /// What a collection would do now. Deletes nothing and waits for nobody.
  public CollectionPlan plan() throws IOException {
    PathGraph graph = database.graph();
    RootFinder finder = finder(graph, false);
    Marks marks = new Marks(graph, keeping);
    for (StoreRoot root : finder.permanent()) {
      marks.root(root);
    }
    Set<String> digests = new HashSet<>();
    for (StoreRoot root : finder.temporary()) {
      marks.root(root);
      digests.add(root.path().digest());
    }
    marks.spread();
    List<CollectionPlan.Dead> dead = new ArrayList<>();
    FreedBytes freed = new FreedBytes();
    for (StorePath path : marks.dead()) {
      dead.add(measured(path.baseName(), Optional.of(path), freed));
    }
    for (Path stray : strays(graph)) {
      String name = stray.getFileName().toString();
      if (!digests.contains(digestOf(name)) && isFree(stray)) {
        dead.add(measured(name, Optional.empty(), freed));
      }
    }
    return new CollectionPlan(dead, marks.kept(), freed.bytes());
  }

  private CollectionPlan.Dead measured(String name, Optional<StorePath> path, FreedBytes freed)
      throws IOException {
    long before = freed.bytes();
    Deletion.measure(layout.objects().resolve(name), freed);
    return new CollectionPlan.Dead(name, path, freed.bytes() - before);
  }

  /// Deletes all that no root needs.
  public Collected collect() throws IOException {
    return collect(Long.MAX_VALUE);
  }

  /// Deletes what no root needs until more than `limit` bytes became free.
  public Collected collect(long limit) throws IOException {
    return locked(
        (finder, run) -> {
          run.dead(finder, limit);
          run.strays(limit);
          run.links();
        });
  }

  /// Deletes these, which may be valid paths or what a dead process left in their places. Refuses
  /// all if something keeps one of them that is not among them.
  public Collected delete(Collection<StorePath> paths) throws IOException {
    Set<StorePath> chosen = new TreeSet<>(paths);
    for (StorePath path : chosen) {
      if (!database.isValid(path)
          && !Files.exists(layout.object(path), LinkOption.NOFOLLOW_LINKS)) {
        throw new StoreException(new StoreProblem.NotValid(path));
      }
    }
    return locked(
        (finder, run) -> {
          run.chosen(finder, chosen);
          run.links();
        });
  }

  private interface Work {
    void run(List<StoreRoot> roots, Run run) throws IOException;
  }

  private Collected locked(Work work) throws IOException {
    try (FileLock _ = FileLock.exclusive(layout.collectorLock(), waits);
        RootServer server = RootServer.start(layout)) {
      Files.deleteIfExists(layout.reserve());
      int _ = sweep.run(warns);
      new IndirectRoots(layout).tidy();
      PathGraph graph = database.graph();
      RootFinder finder = finder(graph, true);
      List<StoreRoot> roots = new ArrayList<>(finder.permanent());
      for (StoreRoot root : finder.temporary()) {
        roots.add(root);
        server.add(root.path().digest());
      }
      Run run = new Run(server, graph);
      work.run(roots, run);
      return run.collected();
    } catch (IOException e) {
      throw StoreException.naming(e, layout.root());
    }
  }

  /// One collection.
  private final class Run {
    private final RootServer server;
    private final FreedBytes freed = new FreedBytes();
    private final List<String> deleted = new ArrayList<>();
    private PathGraph graph;

    Run(RootServer server, PathGraph graph) {
      this.server = server;
      this.graph = graph;
    }

    Collected collected() {
      return new Collected(deleted, freed.bytes());
    }

    /// Marks from the roots and from all that other processes have named.
    private Marks marks(List<StoreRoot> roots) {
      Marks marks = new Marks(graph, keeping);
      roots.forEach(marks::root);
      Set<String> named = server.named();
      for (StorePath path : graph.paths()) {
        if (named.contains(path.digest())) {
          marks.root(new StoreRoot(path, StoreRoot.Kind.TEMPORARY, "{temp}"));
        }
      }
      marks.spread();
      return marks;
    }

    void dead(List<StoreRoot> roots, long limit) throws IOException {
      boolean more = true;
      while (more && freed.bytes() <= limit) {
        more = !all(marks(roots).dead(), limit);
        if (more) {
          graph = database.graph();
        }
      }
    }

    /// Deletes paths, and says whether it came to the end; if not, something changed meanwhile.
    private boolean all(List<StorePath> dead, long limit) throws IOException {
      FreedBytes expected = new FreedBytes();
      boolean whole = true;
      int at = 0;
      while (at < dead.size() && freed.bytes() <= limit) {
        goOn();
        int end = Math.min(dead.size(), at + BATCH);
        if (limit != Long.MAX_VALUE) {
          int last = at;
          while (last < end && expected.bytes() <= limit) {
            Deletion.measure(layout.object(dead.get(last)), expected);
            last++;
          }
          end = Math.max(last, at + 1);
        }
        List<StorePath> batch = dead.subList(at, end);
        if (!server.claim(batch.stream().map(StorePath::digest).toList())) {
          return false; // somebody needs one of them, and with it some of those that follow
        }
        try {
          whole &= delete(batch);
        } finally {
          server.release();
        }
        at = end;
      }
      return whole;
    }

    /// Deletes those that nothing needs that became valid meanwhile; says whether these were all.
    private boolean delete(List<StorePath> batch) throws IOException {
      List<StorePath> removed = database.removeDead(batch, graph, keeping);
      database.sync();
      for (StorePath path : removed) {
        boolean _ = Deletion.delete(layout.object(path), freed);
        deleted.add(path.baseName());
      }
      return removed.size() == batch.size();
    }

    /// What lies in the store's folder and is not valid; of what is new there that is asked again.
    void strays(long limit) throws IOException {
      for (Path stray : GarbageCollector.this.strays(graph)) {
        if (freed.bytes() > limit) {
          return;
        }
        goOn();
        stray(stray);
      }
    }

    private void stray(Path stray) throws IOException {
      String name = stray.getFileName().toString();
      String digest = digestOf(name);
      if (!server.claim(List.of(digest))) {
        return;
      }
      try {
        if (name.endsWith(LOCK_SUFFIX)) {
          Optional<FileLock> free = FileLock.tryExclusive(stray);
          if (free.isPresent()) {
            free.get().delete();
            deleted.add(name);
          }
        } else if (!digest.isEmpty()) {
          Path lock = stray.resolveSibling(name + LOCK_SUFFIX);
          Optional<FileLock> free = FileLock.tryExclusive(lock);
          if (free.isPresent()) {
            try {
              if (!isValid(name)) {
                remove(stray);
              }
            } finally {
              free.get().delete();
            }
          }
        } else if (isFree(stray)) {
          remove(stray);
        }
      } finally {
        server.release();
      }
    }

    private boolean isValid(String name) throws IOException {
      try {
        return database.isValid(StorePath.ofBaseName(name));
      } catch (StorePathException _) {
        return false;
      }
    }

    private void remove(Path stray) throws IOException {
      boolean _ = Deletion.delete(stray, freed);
      deleted.add(stray.getFileName().toString());
    }

    /// Contents that no path has any more.
    void links() throws IOException {
      if (!Files.isDirectory(layout.links())) {
        return;
      }
      for (Path link : Canonical.children(layout.links())) {
        try {
          if ((int) Files.getAttribute(link, "unix:nlink", LinkOption.NOFOLLOW_LINKS) == 1) {
            Files.deleteIfExists(link);
          }
        } catch (NoSuchFileException _) {
          // another process tidies too
        }
      }
    }

    void chosen(List<StoreRoot> roots, Set<StorePath> chosen) throws IOException {
      boolean done = false;
      while (!done) {
        done = all(deletable(roots, chosen), Long.MAX_VALUE);
        if (!done) {
          graph = database.graph();
        }
      }
      for (StorePath path : chosen) {
        Path place = layout.object(path);
        if (graph.placeOf(path).isEmpty() && Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
          stray(place);
          if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            throw new StoreException(new StoreProblem.InUse(path));
          }
        }
      }
    }

    /// The chosen paths that are valid, in the order to delete them.
    private List<StorePath> deletable(List<StoreRoot> roots, Set<StorePath> chosen)
        throws StoreException {
      Marks marks = marks(roots);
      int[][] keepers = graph.keepers(keeping);
      boolean[] wanted = new boolean[graph.size()];
      for (StorePath path : chosen) {
        graph.placeOf(path).ifPresent(place -> wanted[place] = true);
      }
      for (StorePath path : chosen) {
        OptionalInt place = graph.placeOf(path);
        if (place.isPresent()) {
          Optional<CollectionPlan.Kept> kept = marks.kept(place.getAsInt());
          if (kept.isPresent()) {
            throw new StoreException(new StoreProblem.StillAlive(path, kept.get().root().place()));
          }
          for (int keeper : keepers[place.getAsInt()]) {
            if (!wanted[keeper]) {
              throw new StoreException(
                  new StoreProblem.StillReferred(path, graph.paths().get(keeper)));
            }
          }
        }
      }
      return graph.referrersFirst(wanted).stream().map(graph.paths()::get).toList();
    }
  }

  /// Files in the store's folder that are no valid path.
  private List<Path> strays(PathGraph graph) throws IOException {
    Set<String> known = new HashSet<>();
    graph.paths().forEach(path -> known.add(path.baseName()));
    known.add(layout.links().getFileName().toString());
    List<Path> strays = new ArrayList<>(Canonical.children(layout.objects()));
    strays.removeIf(each -> known.contains(each.getFileName().toString()));
    return strays;
  }

  /// The digest that the name starts with; empty if it does not start like a store path.
  private static String digestOf(String name) {
    try {
      return StorePath.ofBaseName(name).digest();
    } catch (StorePathException _) {
      return "";
    }
  }

  /// Whether nobody holds the lock of what is no valid path: that of its own, beside it, or on it.
  private static boolean isFree(Path stray) throws IOException {
    String name = stray.getFileName().toString();
    boolean own = name.endsWith(LOCK_SUFFIX) || name.startsWith(SCRATCH_PREFIX);
    Path lock = own ? stray : stray.resolveSibling(name + LOCK_SUFFIX);
    if (!Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    int descriptor = SystemCalls.open(lock, false);
    try {
      return SystemCalls.tryLock(descriptor, true, lock);
    } finally {
      SystemCalls.close(descriptor);
    }
  }

  /// Ends where it does no harm when this program is told to end.
  private static void goOn() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted while collecting garbage");
    }
  }

  private static boolean[] closure(int[][] edges, int start) {
    boolean[] reached = new boolean[edges.length];
    Deque<Integer> waiting = new ArrayDeque<>(List.of(start));
    reached[start] = true;
    while (!waiting.isEmpty()) {
      for (int next : edges[waiting.pop()]) {
        if (!reached[next]) {
          reached[next] = true;
          waiting.push(next);
        }
      }
    }
    return reached;
  }

  /// What is alive, and through what.
  private static final class Marks {
    private final PathGraph graph;
    private final Keeping keeping;

    /// For each path the one that keeps it, `BY_ROOT` or `NOT_REACHED`.
    private final int[] through;

    private final @Nullable StoreRoot[] roots;
    private final Deque<Integer> waiting = new ArrayDeque<>();

    Marks(PathGraph graph, Keeping keeping) {
      this.graph = graph;
      this.keeping = keeping;
      this.through = new int[graph.size()];
      Arrays.fill(through, NOT_REACHED);
      this.roots = new StoreRoot[graph.size()];
    }

    void root(StoreRoot root) {
      OptionalInt place = graph.placeOf(root.path());
      if (place.isPresent() && through[place.getAsInt()] == NOT_REACHED) {
        through[place.getAsInt()] = BY_ROOT;
        roots[place.getAsInt()] = root;
        waiting.add(place.getAsInt());
      }
    }

    /// Breadth first, so that ways are short.
    void spread() {
      while (!waiting.isEmpty()) {
        int from = waiting.remove();
        for (int next : graph.kept(from, keeping)) {
          if (through[next] == NOT_REACHED) {
            through[next] = from;
            roots[next] = roots[from];
            waiting.add(next);
          }
        }
      }
    }

    List<StorePath> dead() {
      boolean[] dead = new boolean[through.length];
      for (int place = 0; place < dead.length; place++) {
        dead[place] = through[place] == NOT_REACHED;
      }
      return graph.referrersFirst(dead).stream().map(graph.paths()::get).toList();
    }

    Optional<CollectionPlan.Kept> kept(int place) {
      StoreRoot root = roots[place];
      if (root == null) {
        return Optional.empty();
      }
      return Optional.of(
          new CollectionPlan.Kept(
              graph.paths().get(place),
              root,
              through[place] == BY_ROOT
                  ? Optional.empty()
                  : Optional.of(graph.paths().get(through[place]))));
    }

    List<CollectionPlan.Kept> kept() {
      List<CollectionPlan.Kept> kept = new ArrayList<>();
      for (int place = 0; place < through.length; place++) {
        kept(place).ifPresent(kept::add);
      }
      kept.sort(Comparator.comparing(CollectionPlan.Kept::path));
      return kept;
    }
  }
}
