package dev.synapse.build.inputs;

import dev.synapse.build.archive.Archive;
import dev.synapse.build.debian.DebianToolchain;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.Origin;
import dev.synapse.build.fetch.Request;
import dev.synapse.build.fetch.UnfinishedFile;
import dev.synapse.build.lock.LockedDeb;
import dev.synapse.build.lock.LockedFile;
import dev.synapse.build.lock.LockedInput;
import dev.synapse.build.lock.LockedMaven;
import dev.synapse.build.lock.LockedToolchain;
import dev.synapse.build.maven.MavenException;
import dev.synapse.build.maven.MavenRepositoryLayout;
import dev.synapse.build.progress.BuildEvent;
import dev.synapse.events.EventBus;
import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.Canonical;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;

/// Puts what a lock names into the store: a store path that is known by its hash, and made only
/// where it is not there yet.
public final class InputStore {
  private final LocalStore store;
  private final Tools tools;
  private final EventBus bus;
  private final Path records;
  private final Substitutes substitutes;
  private final Path downloads;
  private final Path known;
  private final InstantSource clock = InstantSource.system();

  /// Keeps downloads below `records`, the folder of Synapse's own records in the store.
  public InputStore(LocalStore store, Tools tools, EventBus bus, Path records) {
    this(store, tools, bus, records, Substitutes.NONE);
  }

  private InputStore(
      LocalStore store, Tools tools, EventBus bus, Path records, Substitutes substitutes) {
    this.store = store;
    this.tools = tools;
    this.bus = bus;
    this.records = records;
    this.substitutes = substitutes;
    this.downloads = records.resolve("downloads");
    this.known = records.resolve("inputs");
  }

  /// The same, which asks `source` for a whole store path, where the lock says which it is, before
  /// it makes that from downloads: for toolchains and inputs, not for Maven repositories.
  public InputStore withSubstitutes(Substitutes source) {
    return new InputStore(store, tools, bus, records, source);
  }

  /// What fetches. Asked for only when something is not in the store yet: most builds need neither,
  /// and finding out where repositories are takes longer than they do.
  public interface Tools {
    /// Fetches files.
    Downloader downloader() throws IOException;

    /// Makes toolchain roots.
    DebianToolchain debian() throws IOException;
  }

  /// Where downloads are kept.
  public Path downloads() {
    return downloads;
  }

  /// A folder for what is needed only for a while; of a process that dies the next one removes it.
  ///
  /// @param name the start of its name, for people
  public BuildDirectory scratch(String name) throws IOException {
    store.sweepAbandonedBuilds(text -> bus.publish(new BuildEvent.Warning(text)));
    return store.newBuildDirectory(name);
  }

  /// Makes one tree at a path that does not exist.
  @FunctionalInterface
  public interface Maker {
    /// Makes it.
    void make(Path tree) throws IOException, InterruptedException, InputException;
  }

  /// The root of a toolchain.
  ///
  /// @throws InputException when the packages do not give the root that was locked
  public StorePath toolchain(String name, LockedToolchain locked)
      throws InputException, StoreException, IOException, InterruptedException {
    return locked(
        toolchainName(name),
        locked.narHash(),
        "toolchain '" + name + "'",
        tree -> materialise(locked.debs(), locked.links(), tree));
  }

  /// The root of a toolchain that is not locked yet.
  public Imported newToolchain(String name, List<LockedDeb> debs, SortedMap<String, String> links)
      throws InputException, StoreException, IOException, InterruptedException {
    return imported(
        toolchainName(name), "toolchain '" + name + "'", tree -> materialise(debs, links, tree));
  }

  private void materialise(List<LockedDeb> debs, SortedMap<String, String> links, Path tree)
      throws IOException, InterruptedException {
    Files.createDirectories(downloads);
    tools.debian().materialise(debs, links, tree);
  }

  private static String toolchainName(String name) {
    return name + "-toolchain";
  }

  /// An artifact or a file from an address.
  ///
  /// @throws InputException when the file does not give what was locked
  public StorePath input(String name, LockedInput locked)
      throws InputException, StoreException, IOException, InterruptedException {
    return locked(
        locked.storeName(),
        locked.narHash(),
        "input '" + name + "'",
        tree -> place(fetch(originOf(locked), locked.sha256()), name, locked.unpack(), tree));
  }

  /// A fetched file that is not locked yet, unpacked if wanted.
  public Imported newInput(String name, String storeName, Path file, boolean unpack)
      throws InputException, StoreException, IOException, InterruptedException {
    return imported(storeName, "input '" + name + "'", tree -> place(file, name, unpack, tree));
  }

  private static Origin originOf(LockedInput locked) {
    return switch (locked) {
      case LockedInput.Artifact artifact -> Origin.of(artifact.repository(), artifact.path());
      case LockedInput.Url url ->
          new Origin.Addresses(url.urls().stream().map(URI::create).toList());
    };
  }

  private Path fetch(Origin origin, Hash sha256) throws IOException, InterruptedException {
    Files.createDirectories(downloads);
    Request request = new Request(origin, sha256, OptionalLong.empty());
    Path file = tools.downloader().fetch(List.of(request), downloads).get(request);
    if (file == null) {
      throw new IllegalStateException("'" + origin.name() + "' was not fetched");
    }
    return file;
  }

  private static void place(Path file, String name, boolean unpack, Path tree) throws IOException {
    if (unpack) {
      Archive.unpack(file, name, tree);
    } else {
      Files.copy(file, tree, StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  /// The recorded repository of a package that uses Maven.
  ///
  /// Its hash is not locked, only those of its files are; which store path they gave is remembered
  /// by the digest of their list.
  public StorePath mavenRepository(String name, LockedMaven locked)
      throws InputException, StoreException, IOException, InterruptedException {
    Path remembered = known.resolve("maven-" + digest(locked.files()));
    Optional<StorePath> before = recall(remembered);
    if (before.isPresent()) {
      store.addTemporaryRoot(before.get());
    }
    if (before.isPresent() && store.isValid(before.get())) {
      return before.get();
    }
    Imported made =
        imported(
            name + "-maven-repository",
            "the Maven repository of '" + name + "'",
            tree -> layOut(locked.files(), tree));
    Files.createDirectories(known);
    UnfinishedFile.removeLeftovers(known);
    Path part = UnfinishedFile.in(known);
    Files.writeString(part, made.path().toString());
    Files.move(part, remembered, StandardCopyOption.ATOMIC_MOVE);
    return made.path();
  }

  private void layOut(List<LockedFile> files, Path tree)
      throws IOException, InterruptedException, InputException {
    Files.createDirectories(downloads);
    Map<Request, LockedFile> requests = new HashMap<>();
    for (LockedFile file : files) {
      requests.put(Request.of(file.repository(), file.path(), file.sha256(), file.size()), file);
    }
    Map<LockedFile, Path> places = new HashMap<>();
    tools
        .downloader()
        .fetch(new ArrayList<>(requests.keySet()), downloads)
        .forEach(
            (request, place) -> {
              LockedFile file = requests.get(request);
              if (file != null) {
                places.put(file, place);
              }
            });
    try {
      MavenRepositoryLayout.materialise(
          files,
          file ->
              Optional.ofNullable(places.get(file))
                  .orElseThrow(
                      () -> new IOException("'%s' was not fetched".formatted(file.path()))),
          tree);
    } catch (MavenException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String digest(List<LockedFile> files) {
    MessageDigest digest = HashAlgorithm.SHA256.newDigest();
    for (LockedFile file : files) {
      digest.update(
          "%s %s %s%n"
              .formatted(file.repository(), file.path(), file.sha256().toHex())
              .getBytes(StandardCharsets.UTF_8));
    }
    return Hash.ofDigest(HashAlgorithm.SHA256, digest.digest()).toNix32();
  }

  private static Optional<StorePath> recall(Path remembered) throws IOException {
    if (!Files.exists(remembered)) {
      return Optional.empty();
    }
    try {
      return Optional.of(StorePath.parse(Files.readString(remembered).strip()));
    } catch (StorePathException e) {
      return Optional.empty();
    }
  }

  /// A tree that is in the store now.
  public record Imported(StorePath path, Hash narHash) {}

  private StorePath locked(String storeName, Hash narHash, String what, Maker maker)
      throws InputException, StoreException, IOException, InterruptedException {
    StorePath path = StoreDirectory.NIX.sourcePath(storeName, narHash, Set.of(), false);
    store.addTemporaryRoot(path);
    if (store.isValid(path) || substitutes.substitute(List.of(path)).contains(path)) {
      return path;
    }
    Imported made = importTree(storeName, what, Optional.of(narHash), maker);
    return made.path();
  }

  private Imported imported(String storeName, String what, Maker maker)
      throws InputException, StoreException, IOException, InterruptedException {
    return importTree(storeName, what, Optional.empty(), maker);
  }

  private Imported importTree(String storeName, String what, Optional<Hash> expected, Maker maker)
      throws InputException, StoreException, IOException, InterruptedException {
    long started = System.nanoTime();
    bus.publish(new BuildEvent.StepStarted(what));
    try (BuildDirectory directory = scratch(storeName)) {
      Path tree = directory.path().resolve("tree");
      maker.make(tree);
      Canonical.apply(tree);
      NarHash nar = Nar.hash(tree);
      if (expected.isPresent() && !expected.get().equals(nar.hash())) {
        throw new InputException(
            "%s has hash %s, not %s as locked; if it changed on purpose, run synapse lock"
                .formatted(what, nar.hash().toSri(), expected.get().toSri()));
      }
      StorePath path = StoreDirectory.NIX.sourcePath(storeName, nar.hash(), Set.of(), false);
      try (PathLocks _ = store.lock(List.of(path))) {
        if (!store.isValid(path)) {
          store.deleteInvalid(path);
          store.adopt(tree, path);
          store.registerOutputs(
              List.of(
                  PathInfo.of(
                      path,
                      nar,
                      List.of(),
                      PathInfo.Origin.addressed(
                          new ContentAddress.Fixed(true, nar.hash()),
                          clock.instant().getEpochSecond()))));
        }
      }
      bus.publish(new BuildEvent.StepEnded(what, Duration.ofNanos(System.nanoTime() - started)));
      return new Imported(path, nar.hash());
    }
  }
}
