package dev.synapse.build.maven;

import dev.synapse.build.lock.LockedFile;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A Maven repository on this machine that remembers what it was asked for.
///
/// `/<repository>/<path>` is that file of the named repository. Each file given out is kept in the
/// cache and recorded. Checksum files are computed, never fetched and never recorded. Lists of
/// versions (`maven-metadata.xml`) and snapshots are answered with 404: a build that needs one has
/// no fixed inputs, and is told so when it fails. Any number of clients; one upstream request for
/// each file.
public final class RecordingProxy implements Closeable {
  private static final Map<String, HashAlgorithm> CHECKSUMS =
      Map.of(
          "sha1", HashAlgorithm.SHA1,
          "md5", HashAlgorithm.MD5,
          "sha256", HashAlgorithm.SHA256,
          "sha512", HashAlgorithm.SHA512);
  private static final String METADATA = "maven-metadata.xml";

  /// The groups in which Maven looks for a plugin that has the prefix of a goal.
  private static final Set<String> PREFIX_GROUPS =
      Set.of("org/apache/maven/plugins", "org/codehaus/mojo");

  /// What is done with a list of versions.
  public enum Metadata {
    /// Not given out, so that what needs it fails.
    REFUSED,
    /// Given out, to find in one run everything that needs one.
    SURVEYED
  }

  private final ArtifactSource upstream;
  private final ArtifactCache cache;
  private final Map<String, LockedFile> known;
  private final Metadata metadata;
  private final Map<String, CompletableFuture<Reply>> replies = new ConcurrentHashMap<>();
  private final Map<String, LockedFile> recorded = new ConcurrentSkipListMap<>();
  private final Map<String, MavenProblem> unfixed = new ConcurrentSkipListMap<>();
  private final Map<String, MavenProblem> missing = new ConcurrentSkipListMap<>();
  private final Map<String, MavenProblem> failed = new ConcurrentSkipListMap<>();
  private final FileServer server;

  private RecordingProxy(
      SocketAddress address,
      ArtifactSource upstream,
      ArtifactCache cache,
      Collection<LockedFile> known,
      Metadata metadata)
      throws IOException {
    this.upstream = upstream;
    this.cache = cache;
    this.known =
        known.stream()
            .collect(Collectors.toUnmodifiableMap(RecordingProxy::key, Function.identity()));
    this.metadata = metadata;
    this.server = FileServer.start(address, this::reply);
  }

  /// Serves until closed.
  ///
  /// @param address a loopback address (port 0: any free one) or a Unix domain socket
  /// @param known what is locked already: taken from the cache where it is there, and held to its
  ///   hash where it is not
  public static RecordingProxy start(
      SocketAddress address,
      ArtifactSource upstream,
      ArtifactCache cache,
      Collection<LockedFile> known,
      Metadata metadata)
      throws IOException {
    return new RecordingProxy(address, upstream, cache, known, metadata);
  }

  /// Where it listens, with the port that was chosen.
  public SocketAddress address() {
    return server.address();
  }

  /// What was given out so far, sorted.
  public List<LockedFile> artifacts() {
    return recorded.values().stream().sorted().toList();
  }

  /// Requests for what has no fixed content, by path. A problem only if the build failed without
  /// it.
  public List<MavenProblem> unfixed() {
    return List.copyOf(unfixed.values());
  }

  /// Files that the repository does not have, by path. Often harmless: Maven tries several places.
  public List<MavenProblem> missing() {
    return List.copyOf(missing.values());
  }

  /// Files that could not be fetched, or are not what is locked, by path.
  public List<MavenProblem> failed() {
    return List.copyOf(failed.values());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private Reply reply(String target) {
    int slash = target.indexOf('/');
    String repository = slash < 0 ? "" : target.substring(0, slash);
    String path = target.substring(slash + 1);
    if (!MavenPath.isRepository(repository) || !MavenPath.isPath(path)) {
      return Reply.notFound("no file of a repository");
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    HashAlgorithm algorithm = CHECKSUMS.get(name.substring(name.lastIndexOf('.') + 1));
    if (algorithm != null) {
      return checksum(algorithm, target.substring(0, target.lastIndexOf('.')));
    }
    if (name.equals(METADATA)) {
      return listOfVersions(repository, path);
    }
    Optional<MavenPath> place = MavenPath.parse(path);
    if (place.isPresent() && place.get().isSnapshot()) {
      MavenPath snapshot = place.get();
      unfixed.put(
          path,
          new MavenProblem.Snapshot(snapshot.group(), snapshot.artifact(), snapshot.version()));
      return Reply.notFound("snapshots are not given out");
    }
    return once(target, repository, path);
  }

  /// The checksum of what was given out before; of nothing else, for that would record it.
  private Reply checksum(HashAlgorithm algorithm, String target) {
    CompletableFuture<Reply> given = replies.get(target);
    if (given == null || !(given.join() instanceof Reply.Content(var file, _, var sha1))) {
      return Reply.notFound("nothing with that checksum was given out");
    }
    try {
      Hash hash = algorithm == HashAlgorithm.SHA1 ? sha1 : ArtifactCache.hash(algorithm, file);
      return new Reply.Text(Reply.Status.OK, hash.toHex());
    } catch (IOException e) {
      return new Reply.Text(Reply.Status.BAD_GATEWAY, String.valueOf(e.getMessage()));
    }
  }

  private Reply listOfVersions(String repository, String path) {
    String folder = path.substring(0, Math.max(0, path.length() - METADATA.length() - 1));
    unfixed.put(path, unfixed(folder));
    return switch (metadata) {
      case REFUSED -> Reply.notFound("lists of versions are not given out");
      case SURVEYED -> {
        try (InputStream content = upstream.open(repository, path).orElse(null)) {
          yield content == null ? Reply.notFound("no such file") : given(cache.add(content));
        } catch (IOException e) {
          yield new Reply.Text(Reply.Status.BAD_GATEWAY, reason(e));
        }
      }
    };
  }

  private static MavenProblem unfixed(String folder) {
    if (PREFIX_GROUPS.contains(folder)) {
      return new MavenProblem.UnknownPrefix(folder.replace('/', '.'));
    }
    Optional<MavenPath> version = MavenPath.parse(folder + "/" + METADATA);
    if (version.isPresent() && version.get().isSnapshot()) {
      return new MavenProblem.Snapshot(
          version.get().group(), version.get().artifact(), version.get().version());
    }
    int slash = folder.lastIndexOf('/');
    String group = folder.substring(0, Math.max(0, slash)).replace('/', '.');
    String artifact = folder.substring(slash + 1);
    return artifact.endsWith("-plugin")
        ? new MavenProblem.UnpinnedPlugin(group, artifact)
        : new MavenProblem.UnpinnedDependency(group, artifact);
  }

  /// Fetches a file for the first who asks; the others wait for the same answer.
  private Reply once(String target, String repository, String path) {
    CompletableFuture<Reply> mine = new CompletableFuture<>();
    CompletableFuture<Reply> first = replies.putIfAbsent(target, mine);
    if (first != null) {
      return first.join();
    }
    Reply reply = new Reply.Text(Reply.Status.BAD_GATEWAY, "interrupted by a bug");
    try {
      reply = fetch(target, repository, path);
      return reply;
    } finally {
      if (reply instanceof Reply.Text(var status, _) && status == Reply.Status.BAD_GATEWAY) {
        replies.remove(target); // asked again, it is tried again
      }
      mine.complete(reply);
    }
  }

  private Reply fetch(String target, String repository, String path) {
    try {
      Optional<LockedFile> locked = Optional.ofNullable(known.get(target));
      if (locked.isPresent()) {
        Optional<ArtifactCache.Entry> kept = cache.find(locked.get().sha256());
        if (kept.isPresent()) {
          return record(repository, path, kept.get());
        }
      }
      try (InputStream content = upstream.open(repository, path).orElse(null)) {
        if (content == null) {
          missing.put(path, new MavenProblem.Missing(repository, path));
          return Reply.notFound("not in the repository");
        }
        ArtifactCache.Entry fetched = cache.add(content);
        if (locked.isPresent() && !locked.get().sha256().equals(fetched.sha256())) {
          MavenProblem changed =
              new MavenProblem.ContentChanged(
                  repository, path, locked.get().sha256(), fetched.sha256());
          failed.put(path, changed);
          return new Reply.Text(Reply.Status.BAD_GATEWAY, changed.message());
        }
        return record(repository, path, fetched);
      }
    } catch (IOException e) {
      MavenProblem unreachable = new MavenProblem.Unreachable(repository, path, reason(e));
      failed.put(path, unreachable);
      return new Reply.Text(Reply.Status.BAD_GATEWAY, unreachable.message());
    }
  }

  private Reply record(String repository, String path, ArtifactCache.Entry entry) {
    LockedFile artifact = new LockedFile(repository, path, entry.sha256(), entry.size());
    recorded.put(key(artifact), artifact);
    failed.remove(path);
    return given(entry);
  }

  private static Reply given(ArtifactCache.Entry entry) {
    return new Reply.Content(entry.file(), entry.size(), entry.sha1());
  }

  private static String key(LockedFile artifact) {
    return artifact.repository() + "/" + artifact.path();
  }

  private static String reason(IOException e) {
    return String.valueOf(e.getMessage()).lines().collect(Collectors.joining(" "));
  }
}
