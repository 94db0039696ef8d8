package dev.synapse.build.debian;

import dev.synapse.build.archive.TreeWriter;
import dev.synapse.build.archive.TreeWriter.Links;
import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.FetchException;
import dev.synapse.build.fetch.FetchProblem;
import dev.synapse.build.fetch.Fetched;
import dev.synapse.build.fetch.Origin;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.build.fetch.Request;
import dev.synapse.build.lock.LockedDeb;
import dev.synapse.build.lock.LockedFile;
import dev.synapse.build.manifest.Debian;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.jspecify.annotations.Nullable;

/// Finds the packages of a toolchain root, and makes the root.
///
/// Locking trusts one thing: a signature of the Debian archive over the suite's list. From there
/// every file is known by its hash. Making the root needs the lock alone. No script of a package is
/// ever run.
public final class DebianToolchain {
  private static final long MOST_RELEASE = 16L << 20;

  /// The suites whose keys come with Synapse; each has others beside it, such as `-security`.
  private static final List<String> SUITES = List.of("bookworm", "trixie");

  private static final List<String> COMPONENTS =
      List.of("contrib", "main", "non-free", "non-free-firmware");

  private static final List<String> KEYS =
      List.of(
          "debian-archive-bookworm-automatic",
          "debian-archive-bookworm-security-automatic",
          "debian-archive-bookworm-stable",
          "debian-archive-trixie-automatic",
          "debian-archive-trixie-security-automatic",
          "debian-archive-trixie-stable");

  /// Merged `/usr`: what a path at the root leads to.
  private static final List<String> MERGED = List.of("bin", "lib", "lib64", "sbin");

  private final Repositories repositories;
  private final Downloader downloader;
  private final Path cache;
  private final InstantSource clock;
  private final PGPPublicKeyRingCollection keys;

  /// Uses the keys of the Debian archive that come with Synapse.
  ///
  /// @param cache the folder downloads are kept in
  public DebianToolchain(Repositories repositories, Downloader downloader, Path cache)
      throws IOException {
    this(repositories, downloader, cache, InstantSource.system(), archiveKeys());
  }

  DebianToolchain(
      Repositories repositories,
      Downloader downloader,
      Path cache,
      InstantSource clock,
      PGPPublicKeyRingCollection keys) {
    this.repositories = repositories;
    this.downloader = downloader;
    this.cache = cache;
    this.clock = clock;
    this.keys = keys;
  }

  /// Finds what a manifest asks for in the suite as it is now. A mirror whose list is not signed as
  /// it must be is passed over for the next one.
  ///
  /// @throws DebianException when the list is refused, a package is missing, or two conflict
  /// @throws FetchException when no mirror is known, or none answers
  public DebianLock resolve(Debian asked) throws IOException, InterruptedException {
    String repository =
        asked.suite().endsWith("-security") ? Repositories.DEBIAN_SECURITY : Repositories.DEBIAN;
    var refused = new ArrayList<IOException>();
    for (URI base : repositories.bases(repository)) {
      try {
        return resolve(asked, repository, base);
      } catch (DebianException e) {
        if (!isOfMirror(e.problem())) {
          throw e;
        }
        refused.add(e);
      } catch (FetchException e) {
        refused.add(e);
      }
    }
    throw refused.stream()
        .filter(DebianException.class::isInstance)
        .findFirst()
        .or(() -> refused.stream().findFirst())
        .orElseThrow(() -> new IllegalStateException("no base address of '" + repository + "'"));
  }

  /// Whether another mirror may do better.
  private static boolean isOfMirror(DebianProblem problem) {
    return switch (problem) {
      case DebianProblem.BadSignature _, DebianProblem.BadRelease _, DebianProblem.Expired _ ->
          true;
      case DebianProblem.Unknown unknown -> unknown.asked() == DebianProblem.Asked.SUITE;
      default -> false;
    };
  }

  /// Fetches the packages and makes the root in the new folder `folder`: the links of the merged
  /// `/usr`, the packages in the order of their names, the declared links. The folder is there
  /// whole or not at all.
  ///
  /// @param links what a script would have linked: the link, absolute, and what it leads to
  /// @throws DebianException when a package is damaged, or a link cannot be made
  /// @throws dev.synapse.build.archive.ArchiveException when two packages bring the same file, or
  ///   one wants to write elsewhere
  public void materialise(List<LockedDeb> debs, SortedMap<String, String> links, Path folder)
      throws IOException, InterruptedException {
    Map<LockedDeb, Path> files = fetch(debs);
    var staged = new Staging(folder);
    try (staged) {
      var tree = new TreeWriter(staged.path(), Links.FOLLOW);
      for (String name : MERGED) {
        tree.folder("usr/" + name, "merged /usr");
        tree.layout(name, "usr/" + name);
      }
      unpack(files, tree);
      for (var link : links.entrySet()) {
        link(tree, link.getKey(), link.getValue());
      }
      staged.commit();
    }
  }

  /// Fetches packages, each from the mirrors or, when they have dropped it, from the snapshots.
  ///
  /// @return where each lies, in the order given
  public Map<LockedDeb, Path> fetch(List<LockedDeb> debs) throws IOException, InterruptedException {
    Map<LockedDeb, Request> requests = new LinkedHashMap<>();
    for (LockedDeb deb : debs) {
      LockedFile file = deb.file();
      requests.put(deb, Request.of(file.repository(), file.path(), file.sha256(), file.size()));
    }
    var snapshot = new DebianSnapshot(repositories, downloader, cache);
    while (true) {
      try {
        Map<Request, Path> fetched = downloader.fetch(List.copyOf(requests.values()), cache);
        Map<LockedDeb, Path> files = new LinkedHashMap<>();
        for (var request : requests.entrySet()) {
          Path file = fetched.get(request.getValue());
          if (file == null) {
            throw new IllegalStateException("'" + request.getKey().name() + "' was not fetched");
          }
          files.put(request.getKey(), file);
        }
        return files;
      } catch (FetchException e) {
        if (!(e.problem() instanceof FetchProblem.NotFound missing)) {
          throw e;
        }
        var dropped =
            requests.entrySet().stream()
                .filter(entry -> entry.getValue().origin().name().equals(missing.name()))
                .findFirst()
                .orElseThrow(() -> e);
        if (!(dropped.getValue().origin() instanceof Origin.InRepository)) {
          LockedDeb deb = dropped.getKey();
          throw new DebianException(
              new DebianProblem.Gone(
                  deb.name(), deb.version(), "the snapshot service does not have it either"));
        }
        dropped.setValue(
            new Request(
                snapshot.find(dropped.getKey()),
                dropped.getValue().sha256(),
                dropped.getValue().size()));
      }
    }
  }

  private DebianLock resolve(Debian asked, String repository, URI base)
      throws IOException, InterruptedException {
    String below = "dists/" + asked.suite() + "/";
    Fetched list = fetchList(asked.suite(), base, URI.create(base + below + "InRelease"));
    String place = list.address().toString();
    if (list.size() > MOST_RELEASE) {
      throw new DebianException(new DebianProblem.BadRelease(place, "it is too long"));
    }
    String text = SignedText.verify(Files.readAllBytes(list.file()), keys, place, clock.instant());
    Release release =
        Release.parse(text, asked.suite(), asked.architecture(), place, clock.instant());
    var index = new PackageIndex();
    for (String component : asked.components()) {
      index(release, component, asked, repository, below, index);
    }
    var debs = new ArrayList<LockedDeb>();
    for (PackageEntry entry :
        new Resolver(index, asked.suite(), asked.architecture()).resolve(asked.packages())) {
      debs.add(lock(entry, repository));
    }
    return new DebianLock(asked.suite(), list.sha256(), debs);
  }

  private Fetched fetchList(String suite, URI base, URI address)
      throws IOException, InterruptedException {
    try {
      return downloader.fetchUnverified(Origin.of(address), cache);
    } catch (FetchException e) {
      if (e.problem() instanceof FetchProblem.NotFound) {
        throw new DebianException(
            new DebianProblem.Unknown(
                DebianProblem.Asked.SUITE, suite, "the mirror '" + base + "'", SUITES));
      }
      throw e;
    }
  }

  /// Fetches and reads the list of one component: compressed when the mirror has it so.
  private void index(
      Release release,
      String component,
      Debian asked,
      String repository,
      String below,
      PackageIndex index)
      throws IOException, InterruptedException {
    String path = component + "/binary-" + asked.architecture() + "/Packages";
    @Nullable FetchException missing = null;
    for (String ending : List.of(".xz", ".gz", "")) {
      Release.Listed listed = release.files().get(path + ending);
      if (listed == null) {
        continue;
      }
      var addresses = new ArrayList<URI>();
      if (release.byHash()) {
        String byHash =
            path.replaceFirst("[^/]+$", "") + "by-hash/SHA256/" + listed.sha256().toHex();
        addresses.addAll(repositories.addresses(Origin.of(repository, below + byHash)));
      }
      addresses.addAll(repositories.addresses(Origin.of(repository, below + path + ending)));
      var request = new Request(new Origin.Addresses(addresses), listed.sha256(), listed.size());
      try {
        Map<Request, Path> files = downloader.fetch(List.of(request), cache);
        for (Path file : files.values()) {
          index.read(file, below + path + ending);
        }
        return;
      } catch (FetchException e) {
        if (!(e.problem() instanceof FetchProblem.NotFound)) {
          throw e;
        }
        missing = e;
      }
    }
    throw missing != null
        ? missing
        : new DebianException(
            new DebianProblem.Unknown(
                DebianProblem.Asked.COMPONENT,
                component,
                "the Debian suite " + asked.suite(),
                COMPONENTS));
  }

  private static LockedDeb lock(PackageEntry entry, String repository) throws DebianException {
    try {
      Hash sha256 = Hash.parse(entry.field("sha256"), HashAlgorithm.SHA256);
      long size = Long.parseLong(entry.field("size"));
      return new LockedDeb(
          entry.name(),
          entry.version(),
          new LockedFile(repository, entry.field("filename"), sha256, size));
    } catch (HashFormatException | IllegalArgumentException e) {
      throw new DebianException(
          new DebianProblem.Malformed(
              "package '" + entry.name() + "'", String.valueOf(e.getMessage())));
    }
  }

  /// Unpacks on every core, the largest first.
  private static void unpack(Map<LockedDeb, Path> files, TreeWriter tree)
      throws IOException, InterruptedException {
    int cores = Math.max(1, Runtime.getRuntime().availableProcessors());
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try {
      var running = new ExecutorCompletionService<LockedDeb>(threads);
      files.keySet().stream()
          .sorted(Comparator.comparingLong((LockedDeb deb) -> deb.file().size()).reversed())
          .forEach(
              deb ->
                  running.submit(
                      () -> {
                        Path file = files.get(deb);
                        if (file != null) {
                          DebFile.unpack(file, tree, deb.name());
                        }
                        return deb;
                      }));
      for (int left = files.size(); left > 0; left--) {
        try {
          running.take().get();
        } catch (ExecutionException e) {
          switch (e.getCause()) {
            case IOException cause -> throw cause;
            case RuntimeException cause -> throw cause;
            case Error cause -> throw cause;
            case null, default -> throw new IllegalStateException(e);
          }
        }
      }
    } finally {
      threads.shutdownNow();
      threads.close();
    }
  }

  private static void link(TreeWriter tree, String link, String target) throws IOException {
    if (!link.startsWith("/")) {
      throw new DebianException(
          new DebianProblem.BadLink(link, target, "it must be an absolute path of the root"));
    }
    int name = link.lastIndexOf('/');
    String meant = target.startsWith("/") ? target : link.substring(0, name + 1) + target;
    if (!tree.exists(meant)) {
      throw new DebianException(
          new DebianProblem.BadLink(link, target, "no package brings what it leads to"));
    }
    if (tree.exists(link)) {
      throw new DebianException(
          new DebianProblem.BadLink(link, target, "a package brings it already"));
    }
    tree.link(link.substring(1), target, "the manifest's links");
  }

  static PGPPublicKeyRingCollection archiveKeys() throws IOException {
    var files = new ArrayList<InputStream>();
    try {
      for (String name : KEYS) {
        InputStream file = DebianToolchain.class.getResourceAsStream("keys/" + name + ".asc");
        if (file == null) {
          throw new IllegalStateException("the key " + name + " is not among the resources");
        }
        files.add(file);
      }
      return SignedText.keys(files);
    } finally {
      for (InputStream file : files) {
        file.close();
      }
    }
  }
}
