package dev.synapse.store.local;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.derivation.DerivationSource;
import dev.synapse.store.graph.DependencyOrder;
import dev.synapse.store.graph.References;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.nar.NarHasher;
import dev.synapse.store.nar.TreeFilter;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A store in a folder of this machine, in the format of Nix, which may work on it at the same
/// time. Paths say `/nix/store` wherever the folder is.
///
/// What is added is made in a scratch folder of the same file system, brought to the disk, renamed,
/// and only then registered, each path under its lock. A process that dies at any point leaves
/// nothing valid that is not whole; what it leaves, the next one to make the same path, or to add
/// anything, removes. Any number of threads and processes may use one store.
///
/// Problems that someone can do something about are [StoreException]s.
public final class LocalStore implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  /// So many questions to the database take as long as to read all of it.
  private static final int MANY = 2000;

  private final StoreLayout layout;
  private final Clock clock;
  private final FileLock bigLock;
  private final Database database;
  private final Registration registration;
  private final TemporaryRoots temporaryRoots;
  private final AtomicBoolean swept = new AtomicBoolean();
  private final Set<Path> leftoversTold = ConcurrentHashMap.newKeySet();

  private LocalStore(StoreLayout layout, Clock clock, FileLock bigLock) {
    this.layout = layout;
    this.clock = clock;
    this.bigLock = bigLock;
    this.database = new Database(layout);
    this.registration = new Registration(layout, database);
    this.temporaryRoots = new TemporaryRoots(layout);
  }

  /// Opens the store below `root`, creating what is missing. Looks at nothing that it holds.
  public static LocalStore open(Path root) throws IOException {
    return open(root, Clock.systemUTC());
  }

  /// The same with another clock for registration times.
  public static LocalStore open(Path root, Clock clock) throws IOException {
    Path absolute = root.toAbsolutePath().normalize();
    StoreLayout layout = new StoreLayout(Files.exists(absolute) ? absolute.toRealPath() : absolute);
    layout.prepare();
    FileLock bigLock;
    try {
      bigLock = FileLock.shared(layout.bigLock());
    } catch (IOException e) {
      throw StoreException.naming(e, layout.root());
    }
    boolean opened = false;
    try {
      boolean _ = layout.hasDatabase();
      LocalStore store = new LocalStore(layout, clock, bigLock);
      opened = true;
      return store;
    } finally {
      if (!opened) {
        bigLock.close();
      }
    }
  }

  /// The folder that the store is below, absolute.
  public Path root() {
    return layout.root();
  }

  /// The folder that holds the objects: `/nix/store` below the root.
  public Path objects() {
    return layout.objects();
  }

  /// Where the files of `path` are, or would be.
  public Path physical(StorePath path) {
    return layout.object(path);
  }

  /// Whether the path is there, whole.
  public boolean isValid(StorePath path) throws IOException {
    return database.isValid(path);
  }

  /// What is known of a path; empty if it is not valid.
  public Optional<PathInfo> find(StorePath path) throws IOException {
    return database.find(path);
  }

  /// The valid path with this digest.
  ///
  /// @param digest the 32 digits before the name
  public Optional<StorePath> findByDigest(String digest) throws IOException {
    return database.findByDigest(digest);
  }

  /// How much is valid.
  public Extent extent() throws IOException {
    return database.extent();
  }

  /// How much a store holds.
  ///
  /// @param paths the number of valid paths
  /// @param narBytes the sum of the sizes of their archives, in bytes
  public record Extent(long paths, long narBytes) {}

  /// All valid paths.
  public SortedSet<StorePath> allValid() throws IOException {
    return database.allValid();
  }

  /// What the valid path refers to, itself among them if it does.
  public SortedSet<StorePath> references(StorePath path) throws IOException {
    return database.read(
        () -> {
          requireValid(path);
          return database.references(path);
        });
  }

  /// The valid paths that refer to `path`, itself among them if it does.
  public SortedSet<StorePath> referrers(StorePath path) throws IOException {
    return database.referrers(path);
  }

  /// The valid paths given and all that they refer to, through others too.
  public SortedSet<StorePath> closure(Collection<StorePath> paths) throws IOException {
    return database.read(
        () -> {
          SortedSet<StorePath> closure = new TreeSet<>();
          for (StorePath path : paths) {
            requireValid(path);
            if (!closure.contains(path)) {
              closure.addAll(database.closure(path, false));
            }
          }
          return closure;
        });
  }

  /// The valid path and all that refer to it, through others too.
  public SortedSet<StorePath> referrersClosure(StorePath path) throws IOException {
    return database.read(
        () -> {
          requireValid(path);
          return database.closure(path, true);
        });
  }

  /// The paths in the order of [DependencyOrder], which is that of Nix.
  public List<StorePath> inDependencyOrder(Collection<StorePath> paths) throws IOException {
    if (paths.size() < MANY) {
      return database.read(() -> DependencyOrder.of(paths, database::references));
    }
    PathGraph graph = database.graph();
    return DependencyOrder.of(paths, graph::references);
  }

  /// What the valid paths given and all that they need refer to, of one moment: to be asked often.
  public References referencesWithin(Collection<StorePath> paths) throws IOException {
    Map<StorePath, SortedSet<StorePath>> known =
        database.read(
            () -> {
              for (StorePath path : paths) {
                requireValid(path);
              }
              return database.referencesWithin(paths);
            });
    return path -> known.getOrDefault(path, Collections.emptySortedSet());
  }

  private void requireValid(StorePath path) throws IOException {
    if (!database.isValid(path)) {
      throw new StoreException(new StoreProblem.NotValid(path));
    }
  }

  /// The derivation that built the path here, which need not be valid.
  public Optional<StorePath> deriver(StorePath path) throws IOException {
    return database.find(path).flatMap(PathInfo::deriver);
  }

  /// The valid derivations that have `output` as an output.
  public SortedSet<StorePath> validDerivers(StorePath output) throws IOException {
    return database.derivers(output);
  }

  /// The known output paths of a valid derivation, by the name of the output.
  public SortedMap<String, StorePath> derivationOutputs(StorePath derivation) throws IOException {
    return database.outputs(derivation);
  }

  /// Reads a valid derivation.
  public Derivation readDerivation(StorePath path) throws IOException, DerivationException {
    return registration.readValid(path);
  }

  /// This store, as where derivations come from.
  public DerivationSource derivations() {
    return this::readDerivation;
  }

  /// Adds a file, link or tree, known by its archive.
  public StorePath addTree(Path source, String name) throws IOException {
    return addTree(source, Optional.empty(), name);
  }

  /// Adds the part of a tree that `include` takes, which is asked for files and links by their path
  /// relative to `source`.
  public StorePath addTree(Path source, Predicate<Path> include, String name) throws IOException {
    return addTree(source, Optional.of(TreeFilter.of(include)), name);
  }

  /// Adds the part of a tree that `filter` takes.
  public StorePath addTree(Path source, TreeFilter filter, String name) throws IOException {
    return addTree(source, Optional.of(filter), name);
  }

  private StorePath addTree(Path source, Optional<TreeFilter> filter, String name)
      throws IOException {
    requireName(name);
    requireSource(source);
    // What was added before is mostly not changed since: then reading it is enough.
    if (database.hasNamed(name)) {
      NarHash nar = filter.isPresent() ? Nar.hash(source, filter.get()) : Nar.hash(source);
      StorePath path = StoreDirectory.NIX.sourcePath(name, nar.hash(), List.of(), false);
      temporaryRoots.add(path);
      if (database.isValid(path)) {
        return path;
      }
    }
    return adding(
        copy -> {
          NarHash nar =
              filter.isPresent() ? Nar.copy(source, filter.get(), copy) : Nar.copy(source, copy);
          return info(name, nar, new ContentAddress.Fixed(true, nar.hash()), List.of());
        });
  }

  /// Adds a text.
  ///
  /// @param references what it refers to, all valid
  public StorePath addText(byte[] contents, String name, Set<StorePath> references)
      throws IOException {
    requireName(name);
    Hash hash = Hash.of(HashAlgorithm.SHA256, contents);
    StorePath path = StoreDirectory.NIX.textPath(name, hash, references);
    temporaryRoots.add(path);
    if (database.isValid(path)) {
      return path;
    }
    return adding(
        copy -> {
          Files.write(copy, contents, StandardOpenOption.CREATE_NEW);
          return info(name, Nar.hash(copy), new ContentAddress.Text(hash), references);
        });
  }

  /// Adds a text.
  public StorePath addText(ByteString contents, String name, Set<StorePath> references)
      throws IOException {
    return addText(contents.toByteArray(), name, references);
  }

  /// Adds a derivation, whose inputs are all valid.
  public StorePath addDerivation(Derivation derivation) throws IOException {
    return addText(derivation.toBytes(), derivation.storePath().name(), derivation.references());
  }

  /// Adds a plain file whose contents are known before. If they are others, nothing stays.
  ///
  /// @param expected SHA-256 of the bytes
  public StorePath addFile(Path file, String name, Hash expected) throws IOException {
    requireName(name);
    requireSource(file);
    if (!Files.isRegularFile(file)) {
      throw new StoreException(new StoreProblem.NotAFile(file));
    }
    StorePath path = StoreDirectory.NIX.fixedPath(name, false, expected);
    temporaryRoots.add(path);
    if (database.isValid(path)) {
      return path;
    }
    return adding(
        copy -> {
          Hash actual = copyHashing(file, copy, expected.algorithm());
          if (!actual.equals(expected)) {
            throw new StoreException(new StoreProblem.WrongHash(name, expected, actual));
          }
          return info(name, Nar.hash(copy), new ContentAddress.Fixed(false, actual), List.of());
        });
  }

  /// Adds what is known by a hash of any algorithm, as `nix-store --add-fixed` does; a file stays
  /// executable if it is.
  ///
  /// @param recursive whether the hash is that of the archive, else that of the bytes of a file
  public StorePath addFixed(Path source, String name, boolean recursive, HashAlgorithm algorithm)
      throws IOException {
    requireName(name);
    requireSource(source);
    if (!recursive && !Files.isRegularFile(source, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreException(new StoreProblem.NotAFile(source));
    }
    return adding(
        copy -> {
          NarHash nar = Nar.copy(source, copy);
          Hash hash =
              recursive && algorithm == HashAlgorithm.SHA256
                  ? nar.hash()
                  : hash(copy, recursive, algorithm);
          return info(name, nar, new ContentAddress.Fixed(recursive, hash), List.of());
        });
  }

  private static Hash hash(Path copy, boolean recursive, HashAlgorithm algorithm)
      throws IOException {
    try (NarHasher hasher = new NarHasher(algorithm)) {
      if (recursive) {
        Nar.write(copy, hasher);
      } else {
        Files.copy(copy, hasher);
      }
      return hasher.finish().hash();
    }
  }

  private static Hash copyHashing(Path file, Path copy, HashAlgorithm algorithm)
      throws IOException {
    MessageDigest digest = algorithm.newDigest();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = Files.newOutputStream(copy, StandardOpenOption.CREATE_NEW)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
        out.write(buffer, 0, read);
      }
    }
    return Hash.ofDigest(algorithm, digest.digest());
  }

  private PathInfo info(
      String name, NarHash nar, ContentAddress address, Collection<StorePath> references) {
    StorePath path = StoreDirectory.NIX.pathOf(address, name, references, false);
    return PathInfo.of(
        path,
        nar,
        references,
        PathInfo.Origin.addressed(address, clock.instant().getEpochSecond()));
  }

  private interface Copy {
    PathInfo make(Path copy) throws IOException;
  }

  private StorePath adding(Copy source) throws IOException {
    sweepOnce();
    try (BuildDirectory scratch = newBuildDirectory("add")) {
      Path copy = scratch.path().resolve("x");
      PathInfo info = source.make(copy);
      Canonical.applyToCopy(copy);
      bringToDisk(copy, false);
      temporaryRoots.add(info.path());
      try (PathLocks _ = lock(List.of(info.path()))) {
        if (deleteInvalid(info.path())) {
          move(copy, info.path());
          register(info);
        }
      }
      return info.path();
    } catch (IOException e) {
      throw StoreException.naming(e, layout.root());
    }
  }

  /// A path that is refused does not stay as garbage either.
  private void register(PathInfo info) throws IOException {
    try {
      registration.register(List.of(info));
    } catch (StoreException e) {
      Deletion.delete(physical(info.path()));
      throw e;
    }
  }

  private void sweepOnce() throws IOException {
    if (swept.compareAndSet(false, true)) {
      sweepAbandonedBuilds();
    }
  }

  /// One `syncfs` for a tree, and for `others` beside it: as many `fsync`s as files would take as
  /// many waits for the disk.
  private static void bringToDisk(Path copy, boolean others) throws IOException {
    int mode = Canonical.mode(copy);
    if (others || Canonical.isDirectory(mode) || Files.isSymbolicLink(copy)) {
      SystemCalls.syncFileSystem(requireNonNull(copy.getParent()));
    } else {
      SystemCalls.sync(copy);
    }
  }

  private void move(Path built, StorePath as) throws IOException {
    if (rename(built, as)) {
      SystemCalls.sync(physical(as));
    }
    SystemCalls.sync(layout.objects());
  }

  /// Moves a canonical tree to its place and says whether it is a directory, whose mode then is
  /// still on its way to the disk, as is the new name.
  private boolean rename(Path built, StorePath as) throws IOException {
    Path object = physical(as);
    int mode = Canonical.mode(built);
    boolean directory = Canonical.isDirectory(mode);
    if (directory) {
      SystemCalls.changeMode(built, mode | Mode.OWNER_ALL); // else only root could move it
    }
    try {
      Files.move(built, object, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      if (directory) {
        Path at = Files.exists(built, LinkOption.NOFOLLOW_LINKS) ? built : object;
        Canonical.seal(at, mode);
      }
    }
    return directory;
  }

  /// Makes a finished output canonical and moves it to the place of `as`, where it is not valid
  /// yet. The caller holds the lock of `as` and registers it afterwards.
  public void adopt(Path built, StorePath as) throws IOException {
    if (!deleteInvalid(as)) {
      throw new IllegalStateException("'" + as + "' is valid already");
    }
    try {
      Canonical.apply(built);
      bringToDisk(built, false);
      move(built, as);
    } catch (AtomicMoveNotSupportedException _) {
      moveAcross(built, as);
    } catch (IOException e) {
      throw StoreException.naming(e, layout.root());
    }
  }

  private void moveAcross(Path built, StorePath as) throws IOException {
    try (BuildDirectory scratch = newBuildDirectory("adopt")) {
      Path copy = scratch.path().resolve("x");
      NarHash _ = Nar.copy(built, copy);
      Canonical.applyToCopy(copy);
      bringToDisk(copy, false);
      move(copy, as);
    }
    Deletion.delete(built);
  }

  /// Makes paths valid whose files are in their places, all or none. Refuses references that are
  /// not valid or go in a circle, derivations with wrong output paths, and content addresses from
  /// which the path does not follow. Does not look at other files.
  public void registerOutputs(List<PathInfo> infos) throws IOException {
    registration.register(infos);
  }

  /// Makes trees valid that were restored inside of one build directory of this store, all or none:
  /// gives them their metadata, brings them to the disk, moves them to their places and registers
  /// them in one transaction. What is valid already stays as it is. Whoever calls has checked that
  /// each tree is the one that its hash says.
  ///
  /// @param trees closed under references, together with what is valid already
  public void adoptRestored(Map<StorePath, Restored> trees) throws IOException {
    if (trees.isEmpty()) {
      return;
    }
    try {
      for (Map.Entry<StorePath, Restored> each : trees.entrySet()) {
        Canonical.applyToCopy(each.getValue().tree());
        temporaryRoots.add(each.getKey());
      }
      bringToDisk(trees.values().iterator().next().tree(), trees.size() > 1);
      try (PathLocks _ = lock(trees.keySet())) {
        List<PathInfo> moved = new ArrayList<>();
        boolean registered = false;
        try {
          for (Map.Entry<StorePath, Restored> each : trees.entrySet()) {
            if (deleteInvalid(each.getKey())) {
              moved.add(each.getValue().info());
              boolean _ = rename(each.getValue().tree(), each.getKey());
            }
          }
          SystemCalls.syncFileSystem(layout.objects());
          registration.register(moved);
          registered = true;
        } finally {
          if (!registered) {
            for (PathInfo info : moved) {
              Deletion.delete(physical(info.path()));
            }
          }
        }
      }
    } catch (IOException e) {
      throw StoreException.naming(e, layout.root());
    }
  }

  /// A tree outside of its place.
  ///
  /// @param info what to register
  /// @param tree where it is now
  public record Restored(PathInfo info, Path tree) {}

  /// Waits until nobody else makes any of these paths. From then on no collector deletes them while
  /// this store is open.
  public PathLocks lock(Collection<StorePath> paths) throws IOException {
    return lock(paths, () -> {});
  }

  /// The same.
  ///
  /// @param waits is run when somebody else makes one of them and that takes longer than a moment
  public PathLocks lock(Collection<StorePath> paths, Runnable waits) throws IOException {
    for (StorePath path : paths) {
      temporaryRoots.add(path);
    }
    return PathLocks.take(paths.stream().map(this::physical).toList(), waits);
  }

  /// The right to make these paths; empty if somebody else makes one of them right now.
  public Optional<PathLocks> tryLock(Collection<StorePath> paths) throws IOException {
    return PathLocks.tryTake(paths.stream().map(this::physical).toList());
  }

  /// Deletes the files of a path that is not valid, if there are any. The caller holds its lock.
  ///
  /// @return whether the path is not valid, so that its place is free now
  public boolean deleteInvalid(StorePath path) throws IOException {
    if (database.isValid(path)) {
      return false;
    }
    Deletion.delete(physical(path));
    return true;
  }

  /// Keeps a path from being collected until this store is closed.
  public void addTemporaryRoot(StorePath path) throws IOException {
    temporaryRoots.add(path);
  }

  /// Makes `link` a result link that keeps the valid path `target` alive, with the text that Nix
  /// gives it. An existing link into the store is replaced; anything else is refused.
  ///
  /// @return the link's absolute path
  public Path addIndirectRoot(Path link, StorePath target) throws IOException {
    return addIndirectRoot(link, target, LinkText.LOGICAL);
  }

  /// The same with a choice of the link's text.
  public Path addIndirectRoot(Path link, StorePath target, LinkText text) throws IOException {
    requireValid(target);
    temporaryRoots.add(target);
    return new IndirectRoots(layout).add(link, target, text);
  }

  /// What finds roots and deletes what none of them needs.
  public GarbageCollector collector() {
    return new GarbageCollector(layout, database, this::sweepAbandonedBuilds);
  }

  /// What makes equal files share their space.
  public StoreOptimiser optimiser() {
    return new StoreOptimiser(this, layout);
  }

  /// The logs of builders.
  public BuildLogs logs() {
    return new BuildLogs(layout.logs());
  }

  /// Where the log of `derivation` is, or would be.
  public Path logPath(StorePath derivation) {
    return logs().path(derivation);
  }

  /// Creates an empty folder on the file system of the store, which is deleted when it is closed.
  ///
  /// @param name the start of its name, for people
  public BuildDirectory newBuildDirectory(String name) throws IOException {
    return BuildDirectory.create(layout.builds(), name);
  }

  /// Deletes the folders of builds whose process is dead, and says how many. What cannot be deleted
  /// stays.
  public int sweepAbandonedBuilds() throws IOException {
    return BuildDirectory.sweep(layout.builds(), (folder, problem) -> {});
  }

  /// The same.
  ///
  /// @param tell hears of each folder that cannot be deleted, once for as long as this is open
  public int sweepAbandonedBuilds(Consumer<String> tell) throws IOException {
    return BuildDirectory.sweep(
        layout.builds(),
        (folder, problem) -> {
          if (leftoversTold.add(folder)) {
            tell.accept(
                "what a build left in '%s' cannot be deleted (%s): delete it by hand"
                    .formatted(folder, StoreException.reason(problem)));
          }
        });
  }

  /// Checks the database and that valid paths are there; changes nothing.
  ///
  /// @param contents whether to read all files and compare their hashes
  public List<StoreDamage> verify(boolean contents) throws IOException {
    List<StoreDamage> damage = new ArrayList<>();
    if (contents) {
      damage.addAll(modifiedLinks());
    }
    database.check().forEach(finding -> damage.add(new StoreDamage.Database(finding)));
    SortedSet<StorePath> valid = database.allValid();
    // One listing answers for nearly all; what is not in it is looked for by itself, for it may be
    // newer.
    Set<String> listed = new HashSet<>();
    Canonical.children(layout.objects()).forEach(each -> listed.add(each.getFileName().toString()));
    for (StorePath path : valid) {
      if (!listed.contains(path.baseName())
          && !Files.exists(physical(path), LinkOption.NOFOLLOW_LINKS)) {
        SortedSet<StorePath> others = new TreeSet<>(database.referrers(path));
        others.remove(path);
        damage.add(new StoreDamage.Disappeared(path, !others.isEmpty()));
      } else if (contents) {
        Optional<PathInfo> info = database.find(path);
        if (info.isPresent()) {
          compare(info.get()).ifPresent(damage::add);
        }
      }
    }
    return damage;
  }

  private List<StoreDamage> modifiedLinks() throws IOException {
    List<StoreDamage> damage = new ArrayList<>();
    if (Files.isDirectory(layout.links())) {
      for (Path link : Canonical.children(layout.links())) {
        String name = link.getFileName().toString();
        try {
          if (!Nar.hash(link).hash().toNix32().equals(name)) {
            damage.add(new StoreDamage.ModifiedLink(name));
          }
        } catch (NoSuchFileException _) {
          // a collector has deleted it
        }
      }
    }
    return damage;
  }

  /// Checks as [#verify] does, and mends what it can with what `source` has: trees that are gone or
  /// modified are made anew. A path that is gone, that nothing valid refers to and `source` has
  /// not, is forgotten, as Nix does.
  public List<Repair> repair(boolean contents, RepairSource source) throws IOException {
    List<Repair> repairs = new ArrayList<>();
    List<StoreDamage.Disappeared> gone = new ArrayList<>();
    for (StoreDamage damage : verify(contents)) {
      switch (damage) {
        case StoreDamage.ModifiedLink(var link) -> {
          Files.deleteIfExists(layout.links().resolve(link));
          repairs.add(new Repair(damage, Repair.Outcome.REPAIRED));
        }
        case StoreDamage.Modified(var path, _, _) -> repairs.add(repaired(damage, path, source));
        case StoreDamage.Unreadable(var path, _) -> repairs.add(repaired(damage, path, source));
        case StoreDamage.Disappeared disappeared -> {
          Repair repair = repaired(damage, disappeared.path(), source);
          if (repair.outcome() == Repair.Outcome.REPAIRED) {
            repairs.add(repair);
          } else {
            gone.add(disappeared);
          }
        }
        case StoreDamage.Database _ -> repairs.add(new Repair(damage, Repair.Outcome.LEFT));
      }
    }
    repairs.addAll(forget(gone));
    return repairs;
  }

  /// Forgets what nothing refers to, and then what only that referred to, and so on.
  private List<Repair> forget(List<StoreDamage.Disappeared> gone) throws IOException {
    List<Repair> repairs = new ArrayList<>();
    List<StoreDamage.Disappeared> left = new ArrayList<>(gone);
    boolean more = true;
    while (more) {
      more = false;
      for (StoreDamage.Disappeared each : List.copyOf(left)) {
        if (database.forgetUnneeded(each.path())) {
          repairs.add(new Repair(each, Repair.Outcome.FORGOTTEN));
          left.remove(each);
          more = true;
        }
      }
    }
    left.forEach(each -> repairs.add(new Repair(each, Repair.Outcome.LEFT)));
    return repairs;
  }

  private Repair repaired(StoreDamage damage, StorePath path, RepairSource source)
      throws IOException {
    try (PathLocks _ = lock(List.of(path));
        BuildDirectory scratch = newBuildDirectory("repair")) {
      Optional<PathInfo> info = database.find(path);
      Path tree = scratch.path().resolve("tree");
      if (info.isEmpty() || !source.restore(info.get(), tree)) {
        return new Repair(damage, Repair.Outcome.LEFT);
      }
      if (!Nar.hash(tree).hash().equals(info.get().narHash())) {
        return new Repair(damage, Repair.Outcome.LEFT);
      }
      Canonical.applyToCopy(tree);
      bringToDisk(tree, false);
      setAside(path, scratch.path().resolve("damaged"));
      move(tree, path);
      return new Repair(damage, Repair.Outcome.REPAIRED);
    } catch (IOException e) {
      throw StoreException.naming(e, layout.root());
    }
  }

  /// Takes what is at the place of `path` away, if anything is: the shortest time without it.
  private void setAside(StorePath path, Path aside) throws IOException {
    Path object = physical(path);
    if (Files.exists(object, LinkOption.NOFOLLOW_LINKS)) {
      int mode = Canonical.mode(object);
      if (Canonical.isDirectory(mode)) {
        SystemCalls.changeMode(object, mode | Mode.OWNER_ALL);
      }
      Files.move(object, aside, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private Optional<StoreDamage> compare(PathInfo info) {
    try {
      NarHash actual = Nar.hash(physical(info.path()));
      boolean sizeKnown = info.narSize() != 0;
      boolean same =
          actual.hash().equals(info.narHash()) && (!sizeKnown || actual.size() == info.narSize());
      return same
          ? Optional.empty()
          : Optional.of(new StoreDamage.Modified(info.path(), info.nar(), actual));
    } catch (IOException e) {
      return Optional.of(new StoreDamage.Unreadable(info.path(), String.valueOf(e.getMessage())));
    }
  }

  private static void requireName(String name) throws StoreException {
    if (!StorePath.isName(name)) {
      throw new StoreException(new StoreProblem.BadName(name));
    }
  }

  private static void requireSource(Path source) throws StoreException {
    if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreException(new StoreProblem.NoSource(source));
    }
  }

  /// Gives all locks back.
  @Override
  public void close() throws IOException {
    try (bigLock;
        temporaryRoots) {
      database.close();
    }
  }
}
