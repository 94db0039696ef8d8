package dev.synapse.store.local;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.bytes.TeeStream;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.derivation.DerivationOutput;
import dev.synapse.store.derivation.DerivationProblem;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.nar.NarHasher;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import dev.synapse.store.reference.ReferenceScanner;
import dev.synapse.store.reference.SelfReferenceHasher;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/// Makes the database of a store anew from the files that are there, for when it is lost or
/// damaged.
///
/// A path counts as whole if all its files have the metadata that they get when a path is finished;
/// what a build has left behind has not. Its hash is taken from its files, its references are those
/// of all paths there that its archive mentions, or, for a derivation, those that it names. The
/// derivation that built a path is one on the disk that has it as an output. A path that follows
/// from its contents is found to: that then also decides which references it has. What cannot be
/// found in files is lost: signatures, when something was made, and whether it was built here.
///
/// Everything is read once, several paths at a time; what is no output of a known derivation and
/// follows from no SHA-256, twice. The new database is made beside the old one and takes its place
/// by a rename when it is complete; the old one stays as `db.sqlite.before-rebuild`. Nobody else
/// may have the store open.
public final class DatabaseRebuild {
  private static final long CANONICAL_TIME = 1000;
  private static final String SUFFIX = ".drv";
  private static final String LOCK_SUFFIX = ".lock";

  private final StoreLayout layout;
  private final Clock clock;
  private final SortedMap<String, String> rejected = new TreeMap<>();

  /// All that is there, whole or not: what refers to something that is not, is not either.
  private final SortedSet<StorePath> known = new TreeSet<>();

  private final Map<StorePath, Derivation> derivations = new HashMap<>();
  private final Map<StorePath, StorePath> derivers = new HashMap<>();

  private DatabaseRebuild(StoreLayout layout, Clock clock) {
    this.layout = layout;
    this.clock = clock;
  }

  /// What was found.
  ///
  /// @param valid the paths that are valid now
  /// @param rejected the names of files in the store's folder that are not, each with the reason
  /// @param previous where the database of before is, if there was one
  public record Rebuilt(
      SortedSet<StorePath> valid, SortedMap<String, String> rejected, Optional<Path> previous) {}

  /// Rebuilds the database of the store below `root`.
  ///
  /// @param clock what says when the paths became valid
  public static Rebuilt run(Path root, Clock clock) throws IOException {
    Path absolute = root.toAbsolutePath().normalize();
    StoreLayout layout = new StoreLayout(Files.exists(absolute) ? absolute.toRealPath() : absolute);
    layout.prepare();
    Optional<FileLock> alone = FileLock.tryExclusive(layout.bigLock());
    if (alone.isEmpty()) {
      throw new StoreException(new StoreProblem.StoreOpen(layout.root()));
    }
    try (FileLock _ = alone.get()) {
      return new DatabaseRebuild(layout, clock).rebuild();
    } catch (IOException e) {
      throw StoreException.naming(e, layout.root());
    }
  }

  private Rebuilt rebuild() throws IOException {
    SortedSet<StorePath> whole = wholePaths();
    readDerivations(whole);
    List<PathInfo> infos = sound(describe(whole));
    Path scratch = layout.state().resolve("rebuild");
    Deletion.delete(scratch);
    StoreLayout fresh = new StoreLayout(scratch);
    Files.createDirectories(fresh.databaseFolder());
    try (Database database = new Database(fresh)) {
      new Registration(layout, database).register(infos);
    }
    Optional<Path> previous = replace(fresh);
    Deletion.delete(scratch);
    SortedSet<StorePath> valid = new TreeSet<>();
    infos.forEach(info -> valid.add(info.path()));
    return new Rebuilt(valid, rejected, previous);
  }

  private SortedSet<StorePath> wholePaths() throws IOException {
    SortedSet<StorePath> whole = new TreeSet<>();

    for (Path object : Canonical.children(layout.objects())) {
      String name = object.getFileName().toString();
      try {
        StorePath path = StorePath.ofBaseName(name);
        known.add(path);
        if (name.endsWith(LOCK_SUFFIX) && Files.isRegularFile(object) && Files.size(object) <= 1) {
          rejected.put(name, "it is a lock");
        } else if (isFinished(object)) {
          whole.add(path);
        } else {
          rejected.put(name, "it was never finished: its times or modes are not those of a store");
        }
      } catch (StorePathException e) {
        if (!object.equals(layout.links())) {
          rejected.put(name, "its name is not that of a store path");
        }
      }
    }
    return whole;
  }

  /// Of a directory only the time counts: sharing files makes it writable for a moment.
  private static boolean isFinished(Path path) throws IOException {
    BasicFileAttributes attributes =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (attributes.lastModifiedTime().toMillis() != CANONICAL_TIME || attributes.isOther()) {
      return false;
    }
    if (attributes.isRegularFile()) {
      int mode = Canonical.mode(path) & Mode.PERMISSIONS;
      return mode == Canonical.READABLE || mode == Canonical.EXECUTABLE;
    }
    if (attributes.isDirectory()) {
      for (Path child : Canonical.children(path)) {
        if (!isFinished(child)) {
          return false;
        }
      }
    }
    return true;
  }

  private void readDerivations(Set<StorePath> whole) throws IOException {
    for (StorePath path : List.copyOf(whole)) {
      if (path.isDerivation()) {
        String name = path.name();
        try {
          derivations.put(
              path,
              Derivation.parse(
                  Files.readAllBytes(layout.object(path)),
                  name.substring(0, name.length() - SUFFIX.length())));
        } catch (DerivationException e) {
          reject(path, "it is no derivation: " + e.problem().message());
          whole.remove(path);
        }
      }
    }
    DerivationHasher hasher = new DerivationHasher(this::derivation);
    for (Map.Entry<StorePath, Derivation> each : new TreeMap<>(derivations).entrySet()) {
      try {
        each.getValue().check(hasher);
        for (StorePath output : each.getValue().outputPaths().values()) {
          StorePath _ = derivers.putIfAbsent(output, each.getKey());
        }
      } catch (DerivationException e) {
        reject(each.getKey(), e.problem().message());
        whole.remove(each.getKey());
      }
    }
  }

  private Derivation derivation(StorePath path) throws DerivationException {
    Derivation derivation = derivations.get(path);
    if (derivation == null) {
      throw new DerivationException(new DerivationProblem.Missing(path));
    }
    return derivation;
  }

  private void reject(StorePath path, String reason) {
    rejected.put(path.baseName(), reason);
  }

  private Collection<PathInfo> describe(Set<StorePath> whole) throws IOException {
    ReferenceScanner.Candidates candidates = new ReferenceScanner.Candidates(known);
    Map<StorePath, PathInfo> infos = new ConcurrentHashMap<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      List<Future<PathInfo>> running = new ArrayList<>();
      for (StorePath path : whole) {
        running.add(threads.submit(() -> infos.computeIfAbsent(path, _ -> info(path, candidates))));
      }
      for (Future<PathInfo> each : running) {
        try {
          PathInfo _ = each.get();
        } catch (ExecutionException e) {
          threads.shutdownNow();
          if (e.getCause() instanceof UncheckedIOException failed) {
            throw failed.getCause();
          }
          throw new IllegalStateException(e.getCause());
        } catch (InterruptedException _) {
          threads.shutdownNow();
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while reading the store");
        }
      }
    }
    return infos.values();
  }

  private PathInfo info(StorePath path, ReferenceScanner.Candidates candidates) {
    try {
      ReferenceScanner scanner = new ReferenceScanner(candidates);
      NarHash nar;
      try (NarHasher hasher = new NarHasher()) {
        Nar.write(layout.object(path), new TeeStream(hasher, scanner));
        nar = hasher.finish();
      }
      Derivation derivation = derivations.get(path);
      SortedSet<StorePath> references =
          derivation == null ? scanner.found() : new TreeSet<>(derivation.references());
      PathInfo.Origin origin =
          new PathInfo.Origin(
              Optional.ofNullable(derivers.get(path)),
              clock.instant().getEpochSecond(),
              false,
              List.of(),
              Optional.empty());
      PathInfo found = PathInfo.of(path, nar, references, origin);
      return addressed(found).orElse(found);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The same path as one that follows from its contents, if it does.
  private Optional<PathInfo> addressed(PathInfo found) throws IOException {
    StorePath path = found.path();
    StorePath deriver = found.deriver().orElse(null);
    if (deriver != null) {
      Optional<DerivationOutput.Fixed> fixed =
          requireNonNull(derivations.get(deriver)).fixedOutput();
      return fixed.flatMap(
          output ->
              follows(
                  found,
                  new ContentAddress.Fixed(output.recursive(), output.hash()),
                  new TreeSet<>()));
    }
    List<ContentAddress> addresses = new ArrayList<>();
    Path object = layout.object(path);
    boolean file = Files.isRegularFile(object, LinkOption.NOFOLLOW_LINKS);
    if (file) {
      Hash bytes = hash(object, false, HashAlgorithm.SHA256);
      addresses.add(new ContentAddress.Text(bytes));
      addresses.add(new ContentAddress.Fixed(false, bytes));
    }
    addresses.add(new ContentAddress.Fixed(true, found.narHash()));
    // A tree that was added as it is refers to nothing, whatever it mentions.
    for (ContentAddress address : addresses) {
      Optional<PathInfo> follows = follows(found, address, new TreeSet<>());
      if (follows.isEmpty()) {
        follows = follows(found, address, found.references());
      }
      if (follows.isPresent()) {
        return follows;
      }
    }
    if (found.references().contains(path)) {
      return selfAddressed(found);
    }
    return otherwiseAddressed(found, object, file);
  }

  private Optional<PathInfo> selfAddressed(PathInfo found) throws IOException {
    SelfReferenceHasher hasher =
        new SelfReferenceHasher(HashAlgorithm.SHA256, found.path().digest());
    Nar.write(layout.object(found.path()), hasher);
    return follows(found, new ContentAddress.Fixed(true, hasher.finish()), found.references());
  }

  private static Optional<PathInfo> otherwiseAddressed(PathInfo found, Path object, boolean file)
      throws IOException {
    for (HashAlgorithm algorithm : HashAlgorithm.values()) {
      if (algorithm != HashAlgorithm.SHA256) {
        for (boolean recursive : file ? new boolean[] {false, true} : new boolean[] {true}) {
          Optional<PathInfo> follows =
              follows(
                  found,
                  new ContentAddress.Fixed(recursive, hash(object, recursive, algorithm)),
                  new TreeSet<>());
          if (follows.isPresent()) {
            return follows;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Hash hash(Path object, boolean recursive, HashAlgorithm algorithm)
      throws IOException {
    try (NarHasher hasher = new NarHasher(algorithm)) {
      if (recursive) {
        Nar.write(object, hasher);
      } else {
        long _ = Files.copy(object, hasher);
      }
      return hasher.finish().hash();
    }
  }

  private static Optional<PathInfo> follows(
      PathInfo found, ContentAddress address, SortedSet<StorePath> references) {
    PathInfo guess =
        new PathInfo(found.path(), found.nar(), references, found.origin().withAddress(address));
    return guess.followsFromAddress() ? Optional.of(guess) : Optional.empty();
  }

  /// Takes paths whose references are taken; what stays refers to something that is not there, or
  /// goes in a circle.
  private List<PathInfo> sound(Collection<PathInfo> infos) {
    Map<StorePath, PathInfo> waiting = new TreeMap<>();
    infos.forEach(info -> waiting.put(info.path(), info));
    Map<StorePath, Integer> missing = new HashMap<>();
    Map<StorePath, List<PathInfo>> referrers = new HashMap<>();
    List<PathInfo> sound = new ArrayList<>();
    for (PathInfo info : waiting.values()) {
      Set<StorePath> others = others(info);
      missing.put(info.path(), others.size());
      others.forEach(other -> referrers.computeIfAbsent(other, _ -> new ArrayList<>()).add(info));
      if (others.isEmpty()) {
        sound.add(info);
      }
    }
    for (int at = 0; at < sound.size(); at++) {
      StorePath path = sound.get(at).path();
      PathInfo _ = waiting.remove(path);
      for (PathInfo referrer : referrers.getOrDefault(path, List.of())) {
        if (missing.merge(referrer.path(), -1, Integer::sum) == 0) {
          sound.add(referrer);
        }
      }
    }
    for (PathInfo left : waiting.values()) {
      SortedSet<StorePath> bad = others(left);
      bad.removeIf(reference -> missing.getOrDefault(reference, 1) == 0);
      reject(
          left.path(),
          bad.stream()
              .map(StorePath::baseName)
              .collect(
                  Collectors.joining(", ", "it refers to what is not there or not whole: ", "")));
    }
    return sound;
  }

  /// What a path refers to, without itself.
  private static SortedSet<StorePath> others(PathInfo info) {
    SortedSet<StorePath> others = new TreeSet<>(info.references());
    others.remove(info.path());
    return others;
  }

  /// Puts the new database into the place of the old one, which is brought to one file before if it
  /// can be read at all.
  private Optional<Path> replace(StoreLayout fresh) throws IOException {
    Path old = layout.database();
    Optional<Path> previous = Optional.empty();
    if (Files.exists(old)) {
      try (Database readable = new Database(layout)) {
        boolean _ = readable.allValid().isEmpty();
      } catch (IOException _) {
        // then what is in its journal is lost too
      }
      Path kept = old.resolveSibling(old.getFileName() + ".before-rebuild");
      Files.deleteIfExists(kept);
      Files.createLink(kept, old);
      previous = Optional.of(kept);
      for (String journal : List.of("-wal", "-shm", "-journal")) {
        Path file = old.resolveSibling(old.getFileName() + journal);
        if (Files.exists(file)) {
          Files.move(
              file,
              kept.resolveSibling(kept.getFileName() + journal),
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    SystemCalls.sync(fresh.database());
    Files.move(fresh.database(), old, StandardCopyOption.ATOMIC_MOVE);
    layout.writeSchema();
    SystemCalls.sync(layout.databaseFolder());
    return previous;
  }
}
