package dev.synapse.build.fetch;

import dev.synapse.events.EventBus;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Fetches files over HTTP or from folders, several at a time.
///
/// The folder that receives the files is a cache, keyed by hash: a file in it is named by the
/// SHA-256 of its bytes in hexadecimal. While it comes it is `<hash>.part`, so that a download that
/// was cut, even by `kill -9`, goes on where it stopped. `<hash>.tag` beside it holds the server's
/// validator, sent as `If-Range`; when there is none the range is asked for all the same, since the
/// hash of the whole decides. A lock per file lets two processes share a folder: the second one
/// waits and finds the file there.
///
/// An address is tried three times when the connection fails or stalls or the server is in trouble
/// (5xx, 408, 429), with a pause that doubles; a try that brought more than all before it, for the
/// next one to go on from, does not count. An answer that will not change (404, 403, a wrong hash)
/// ends that address at once; the next one follows. What is reported is the failure that tells
/// most: a wrong hash before a refusal before a dead connection before "not there".
public final class Downloader {
  private static final int BUFFER = 64 * 1024;
  private static final long PROGRESS_EVERY = TimeUnit.MILLISECONDS.toNanos(100);

  /// How often a lock that another process holds is tried.
  private static final Duration LOCK_PAUSE = Duration.ofMillis(50);

  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+|\\*)");

  private final Repositories repositories;
  private final Host host;
  private final EventBus events;
  private final Settings settings;
  private final Set<Path> cleaned = ConcurrentHashMap.newKeySet();
  private @Nullable HttpClient client;

  /// How to fetch.
  ///
  /// @param parallel how many files at a time
  /// @param tries how often an address is tried in vain
  /// @param pause before the second try; it doubles with every further one
  /// @param stall how long a connection may be silent
  public record Settings(int parallel, int tries, Duration pause, Duration stall) {
    /// 8 at a time, 3 tries after 1 s and 2 s, 30 s of silence.
    public static final Settings DEFAULT =
        new Settings(8, 3, Duration.ofSeconds(1), Duration.ofSeconds(30));

    /// Refuses what makes no sense.
    public Settings {
      if (parallel < 1 || tries < 1 || pause.isNegative() || !stall.isPositive()) {
        throw new IllegalArgumentException("parallel, tries and stall must be above zero");
      }
    }
  }

  /// Fetches with the default settings.
  public Downloader(Repositories repositories, Host host, EventBus events) {
    this(repositories, host, events, Settings.DEFAULT);
  }

  /// Fetches with the given settings.
  public Downloader(Repositories repositories, Host host, EventBus events, Settings settings) {
    this.repositories = repositories;
    this.host = host;
    this.events = events;
    this.settings = settings;
  }

  /// Fetches every file into `folder` and says where each lies. What lies there already is hashed
  /// and not fetched again. When one file fails, the others are stopped; what came of them stays.
  ///
  /// @throws FetchException when a file cannot be had, or is not what it should be
  /// @throws IOException when the folder cannot be written
  public Map<Request, Path> fetch(List<Request> requests, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    var distinct = List.copyOf(new LinkedHashSet<>(requests));
    var progress = new Progress(distinct);
    var free = new Semaphore(settings.parallel());
    var files = new LinkedHashMap<Request, Path>();
    try (var watch = new Watch(settings.stall());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ExecutorCompletionService<Map.Entry<Request, Path>>(threads);
      for (Request request : distinct) {
        running.submit(
            () -> {
              free.acquire();
              try {
                return Map.entry(request, fetch(request, folder, progress, watch));
              } finally {
                free.release();
              }
            });
      }
      try {
        for (int left = distinct.size(); left > 0; left--) {
          var file = result(running.take());
          files.put(file.getKey(), file.getValue());
        }
      } finally {
        threads.shutdownNow();
      }
    }
    progress.publish(true);
    return files;
  }

  /// Fetches a file nobody has a hash of yet, for locking. It ends up in `folder`, named by its
  /// hash.
  ///
  /// @throws FetchException when it cannot be had; the problem is `NotFound` when every address
  ///   answered that there is no such file
  /// @throws IOException when the folder cannot be written
  public Fetched fetchUnverified(Origin origin, Path folder)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    if (cleaned.add(folder)) {
      UnfinishedFile.removeLeftovers(folder);
    }
    Path part = UnfinishedFile.in(folder);
    var progress = new Progress(List.of());
    try (var watch = new Watch(settings.stall())) {
      var target = new Target(part, Optional.empty(), OptionalLong.empty());
      Arrived arrived = fromAny(origin, target, progress, watch);
      Path file = folder.resolve(arrived.hash().toHex());
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      return new Fetched(file, arrived.hash(), arrived.size(), arrived.address());
    } finally {
      Files.deleteIfExists(part);
      Files.deleteIfExists(tagOf(part));
    }
  }

  private Path fetch(Request request, Path folder, Progress progress, Watch watch)
      throws IOException, InterruptedException {
    String name = request.sha256().toHex();
    Path file = folder.resolve(name);
    OptionalLong sound = soundSize(file, request);
    if (sound.isPresent()) {
      progress.completed(sound.getAsLong());
      return file;
    }
    Path lockFile = folder.resolve(name + ".lock");
    try (var channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var _ = lock(channel)) {
      sound = soundSize(file, request);
      if (sound.isPresent()) { // another process was faster
        progress.completed(sound.getAsLong());
        return file;
      }
      Files.deleteIfExists(file); // damaged since it came
      Path part = folder.resolve(name + ".part");
      var target = new Target(part, Optional.of(request.sha256()), request.size());
      Arrived arrived = fromAny(request.origin(), target, progress, watch);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      Files.deleteIfExists(tagOf(part));
      // Whoever holds this lock from now on, even of the removed file, finds `file` there.
      Files.deleteIfExists(lockFile);
      progress.completed(0);
      events.publish(new FetchEvent.Completed(arrived.address(), arrived.size()));
      return file;
    } catch (IOException e) {
      throw ifDiskFull(e, folder);
    }
  }

  /// The size of the file if it is there with the bytes that are wanted. Another process may delete
  /// it at any moment, if it finds it damaged.
  private static OptionalLong soundSize(Path file, Request request) throws IOException {
    try {
      var digest = sha256();
      long size = digestFile(file, digest);
      return hash(digest).equals(request.sha256()) ? OptionalLong.of(size) : OptionalLong.empty();
    } catch (NoSuchFileException _) {
      return OptionalLong.empty();
    }
  }

  /// Waits for the lock of a file, also against other threads of this process.
  static FileLock lock(FileChannel channel) throws IOException, InterruptedException {
    while (true) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException _) {
        // held by another thread of this process
      }
      Thread.sleep(LOCK_PAUSE);
    }
  }

  /// The first address that has the file, in the order of the addresses.
  private Arrived fromAny(Origin origin, Target target, Progress progress, Watch watch)
      throws IOException, InterruptedException {
    List<URI> addresses = repositories.addresses(origin);
    @Nullable FetchException worst = null;
    for (URI address : addresses) {
      try {
        return fromOne(address, target, progress, watch);
      } catch (FetchException e) {
        if (e.problem() instanceof FetchProblem.DiskFull) {
          throw e;
        }
        if (worst == null || Telling.of(e).compareTo(Telling.of(worst)) > 0) {
          worst = e;
        }
      }
    }
    if (worst == null || worst.problem() instanceof FetchProblem.NotFound) {
      throw new FetchException(new FetchProblem.NotFound(origin.name(), addresses));
    }
    throw worst;
  }

  /// How much a failure tells, the least first.
  private enum Telling {
    NOT_THERE,
    UNREACHABLE,
    REFUSED,
    OTHER_BYTES;

    static Telling of(FetchException failure) {
      return switch (failure.problem()) {
        case FetchProblem.HashDiffers _, FetchProblem.SizeDiffers _ -> OTHER_BYTES;
        case FetchProblem.Refused _ -> REFUSED;
        case FetchProblem.Unreachable _ -> UNREACHABLE;
        default -> NOT_THERE;
      };
    }
  }

  private Arrived fromOne(URI address, Target target, Progress progress, Watch watch)
      throws IOException, InterruptedException {
    Duration pause = settings.pause();
    long most = target.kept();
    int inVain = 0;
    for (int tryNumber = 1; ; tryNumber++) {
      String reason;
      try {
        return once(address, target, progress, watch);
      } catch (Transient e) {
        reason = e.reason;
      }
      if (target.kept() > most) {
        most = target.kept();
        inVain = 0;
        pause = settings.pause();
      } else if (++inVain >= settings.tries()) {
        throw new FetchException(new FetchProblem.Unreachable(address, tryNumber, reason));
      }
      events.publish(new FetchEvent.Retrying(address, reason, tryNumber, pause));
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
    }
  }

  /// One try at one address, going on where an earlier one stopped.
  private Arrived once(URI address, Target target, Progress progress, Watch watch)
      throws IOException, InterruptedException {
    Beginning kept = Beginning.of(target);
    if (kept.reaches(target.size())) {
      Hash found = hash(kept.digest());
      if (target.isOfSize(kept.size()) && target.isRight(found)) {
        progress.add(kept.size());
        return new Arrived(address, found, kept.size()); // killed before the renaming
      }
      target.discard();
      kept = Beginning.nothing();
    }
    try (Body body = open(address, kept.size(), target, watch)) {
      Beginning start = body.offset() == kept.size() ? kept : Beginning.nothing();
      long size = copy(body, start, target, address, progress);
      var arrived = new Arrived(address, hash(start.digest()), size);
      if (!target.isOfSize(size)) {
        target.discard();
        throw sizeDiffers(arrived.address(), target, size);
      }
      if (!target.isRight(arrived.hash())) {
        target.discard();
        progress.add(-size);
        throw hashDiffers(arrived, target, start);
      }
      return arrived;
    }
  }

  /// What was here before the download went on may be to blame.
  private static IOException hashDiffers(Arrived arrived, Target target, Beginning start) {
    return start.size() > 0
        ? new Transient("what was here before the download went on was not its beginning")
        : new FetchException(
            new FetchProblem.HashDiffers(
                arrived.address(), target.expected().toString(), arrived.hash().toString()));
  }

  private static FetchException sizeDiffers(URI address, Target target, long size) {
    return new FetchException(
        new FetchProblem.SizeDiffers(address, target.size().orElseThrow(), size));
  }

  private long copy(Body body, Beginning start, Target target, URI address, Progress progress)
      throws IOException, InterruptedException {
    try (var out =
        FileChannel.open(target.part(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.truncate(start.size());
      out.position(start.size());
      target.keepTag(body.tag());
      progress.add(start.size());
      long size = start.size();
      byte[] buffer = new byte[BUFFER];
      try {
        while (true) {
          int count = body.read(buffer);
          if (count < 0) {
            return size;
          }
          size += count;
          if (target.size().isPresent() && size > target.size().getAsLong()) {
            target.discard();
            throw sizeDiffers(address, target, size);
          }
          start.digest().update(buffer, 0, count);
          write(out, ByteBuffer.wrap(buffer, 0, count), target.part());
          progress.add(count);
        }
      } catch (Transient e) {
        progress.add(-size); // counted again when the next try finds it on the disk
        throw e;
      }
    }
  }

  static void write(FileChannel out, ByteBuffer bytes, Path part) throws IOException {
    try {
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      if (e instanceof ClosedByInterruptException) {
        throw e;
      }
      throw isDiskFull(e)
          ? e
          : new FileSystemException(part.toString(), null, Repositories.reason(e));
    }
  }

  private Body open(URI address, long have, Target target, Watch watch)
      throws IOException, InterruptedException {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "file" -> openFile(address);
      case "http", "https" -> openWeb(address, have, target, watch);
      default ->
          throw new FetchException(
              new FetchProblem.BadAddress(address.toString(), address.toString(), "a request"));
    };
  }

  private static Body openFile(URI address) throws IOException {
    Path file = Path.of(address);
    if (!Files.isRegularFile(file)) {
      throw notFound(address);
    }
    try {
      return new Body(Files.newInputStream(file), 0, Optional.empty(), () -> {});
    } catch (NoSuchFileException | FileNotFoundException _) {
      throw notFound(address);
    }
  }

  private static FetchException notFound(URI address) {
    return new FetchException(new FetchProblem.NotFound(address.toString(), List.of(address)));
  }

  private Body openWeb(URI address, long have, Target target, Watch watch)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response = send(address, request(address, have, target));
    int status = response.statusCode();
    boolean part = status == HttpStatus.PARTIAL_CONTENT;
    var body =
        new Body(response.body(), part ? have : 0, tagOf(response), watch.over(response.body()));
    if (status == HttpStatus.OK || (part && have > 0 && startsAt(response, have))) {
      return body;
    }
    body.close();
    if (part || status == HttpStatus.RANGE_NOT_SATISFIABLE) {
      target.discard();
      throw new Transient("the server answered with another part than was asked for");
    }
    throw refusal(address, status);
  }

  /// Asks for what comes after the first `have` bytes.
  private static HttpRequest request(URI address, long have, Target target) throws IOException {
    var request = HttpRequest.newBuilder(address).header("User-Agent", "synapse");
    if (have > 0) {
      request.header("Range", "bytes=%d-".formatted(have));
      target.tag().ifPresent(tag -> request.header("If-Range", tag));
    }
    return request.build();
  }

  /// What an answer without the file means: that it is not there, not to be had, or not now.
  private static IOException refusal(URI address, int status) {
    return switch (status) {
      case HttpStatus.NOT_FOUND, HttpStatus.GONE -> notFound(address);
      case HttpStatus.REQUEST_TIMEOUT, HttpStatus.TOO_MANY_REQUESTS -> trouble(status);
      default ->
          HttpStatus.isOfServer(status)
              ? trouble(status)
              : new FetchException(new FetchProblem.Refused(address, status));
    };
  }

  private static Transient trouble(int status) {
    return new Transient("HTTP status " + status);
  }

  private HttpResponse<InputStream> send(URI address, HttpRequest request)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> answer =
        client().sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    try {
      return answer.get(settings.stall().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      answer.cancel(true);
      throw new Transient("no answer within " + settings.stall().toMillis() + " ms");
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw new Transient(describe(cause, address));
      }
      throw new IllegalStateException("request to '" + address + "' failed", e.getCause());
    }
  }

  private static String describe(IOException failure, URI address) {
    return switch (failure) {
      case HttpConnectTimeoutException _ -> "no connection in time";
      case ConnectException _ ->
          "cannot connect to '%s'%s"
              .formatted(
                  address.getHost(),
                  failure.getMessage() == null ? "" : ": " + failure.getMessage());
      default -> Repositories.reason(failure).replace('\n', ' ');
    };
  }

  private static boolean startsAt(HttpResponse<?> response, long offset) {
    Matcher range =
        CONTENT_RANGE.matcher(response.headers().firstValue("Content-Range").orElse(""));
    return range.matches() && range.group(1).equals(Long.toString(offset));
  }

  /// A strong validator of the answer, usable in `If-Range`.
  private static Optional<String> tagOf(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("ETag")
        .filter(tag -> !tag.startsWith("W/"))
        .or(() -> response.headers().firstValue("Last-Modified"));
  }

  private static Path tagOf(Path part) {
    return part.resolveSibling(part.getFileName().toString().replaceFirst("\\.part$", ".tag"));
  }

  private synchronized HttpClient client() throws IOException {
    HttpClient known = client;
    if (known == null) {
      known = Web.client(host, settings.stall());
      client = known;
    }
    return known;
  }

  private static <T> T result(Future<T> running) throws IOException, InterruptedException {
    try {
      return running.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case InterruptedException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private static IOException ifDiskFull(IOException failure, Path folder) {
    return isDiskFull(failure) ? new FetchException(new FetchProblem.DiskFull(folder)) : failure;
  }

  /// The JDK has no type for it: the text is the operating system's, in the C library's English.
  private static boolean isDiskFull(IOException failure) {
    String text = String.valueOf(failure.getMessage());
    return !(failure instanceof FetchException)
        && (text.contains("No space left on device") || text.contains("Disk quota exceeded"));
  }

  private static MessageDigest sha256() {
    return HashAlgorithm.SHA256.newDigest();
  }

  private static long digestFile(Path file, MessageDigest digest) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      long size = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
        size += count;
      }
      return size;
    }
  }

  private static Hash hash(MessageDigest digest) {
    return Hash.ofDigest(HashAlgorithm.SHA256, digest.digest());
  }

  /// A failure that another try may mend.
  private static final class Transient extends IOException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    Transient(String reason) {
      super(reason);
      this.reason = reason;
    }
  }

  /// What came, and from where.
  private record Arrived(URI address, Hash hash, long size) {}

  /// What is there of a file before a try.
  ///
  /// @param digest has taken these bytes, and takes those to come
  private record Beginning(MessageDigest digest, long size) {
    static Beginning nothing() {
      return new Beginning(sha256(), 0);
    }

    static Beginning of(Target target) throws IOException {
      if (!Files.isRegularFile(target.part()) || !target.mayResume()) {
        return nothing();
      }
      var digest = sha256();
      return new Beginning(digest, digestFile(target.part(), digest));
    }

    boolean reaches(OptionalLong whole) {
      return size > 0 && whole.isPresent() && size >= whole.getAsLong();
    }
  }

  /// What is to come, and where to.
  private record Target(Path part, Optional<Hash> hash, OptionalLong size) {
    boolean isRight(Hash found) {
      return hash.isEmpty() || hash.get().equals(found);
    }

    boolean isOfSize(long found) {
      return size.isEmpty() || size.getAsLong() == found;
    }

    Hash expected() {
      return hash.orElseThrow();
    }

    /// Without a hash only the server's validator tells that the rest belongs to the beginning.
    boolean mayResume() throws IOException {
      return hash.isPresent() || tag().isPresent();
    }

    /// How many bytes the next try need not fetch again.
    long kept() throws IOException {
      return Files.isRegularFile(part) && mayResume() ? Files.size(part) : 0;
    }

    Optional<String> tag() throws IOException {
      Path file = tagOf(part);
      return Files.isRegularFile(file)
          ? Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1))
          : Optional.empty();
    }

    void keepTag(Optional<String> tag) throws IOException {
      if (tag.isPresent()) {
        Files.writeString(tagOf(part), tag.get(), StandardCharsets.ISO_8859_1);
      } else {
        Files.deleteIfExists(tagOf(part));
      }
    }

    void discard() throws IOException {
      Files.deleteIfExists(part);
      Files.deleteIfExists(tagOf(part));
    }
  }

  /// The bytes of an answer. Reading fails with [Transient] when the connection does.
  private record Body(InputStream in, long offset, Optional<String> tag, Guard guard)
      implements AutoCloseable {
    int read(byte[] buffer) throws IOException, InterruptedException {
      try {
        int count = in.read(buffer);
        guard.alive();
        return count;
      } catch (IOException e) {
        if (Thread.currentThread().isInterrupted()
            || e.getCause() instanceof InterruptedException) {
          throw new InterruptedException("stopped");
        }
        throw new Transient(guard.reason(cut(e)));
      }
    }

    /// The HTTP client says `closed`, or the counts in the words of its own classes.
    private static String cut(IOException failure) {
      String reason = Repositories.reason(failure).replace('\n', ' ');
      boolean ended = reason.equals("closed") || reason.contains("bytes received");
      return ended ? "the connection ended before the file did" : reason;
    }

    @Override
    public void close() throws IOException {
      guard.close();
      in.close();
    }
  }

  /// Ends a connection that has been silent too long.
  private interface Guard extends AutoCloseable {
    void alive();

    default String reason(String failure) {
      return failure;
    }

    @Override
    default void close() {}
  }

  /// One thread that looks after all connections: a blocked read has no timeout of its own.
  private static final class Watch implements AutoCloseable {
    private static final int LOOKS_PER_STALL = 10;
    private static final long LEAST_PAUSE_MILLIS = 10;

    private final ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("synapse-fetch-watch").factory());
    private final Duration stall;

    Watch(Duration stall) {
      this.stall = stall;
    }

    Guard over(InputStream in) {
      var last = new AtomicLong(System.nanoTime());
      long every = Math.max(LEAST_PAUSE_MILLIS, stall.toMillis() / LOOKS_PER_STALL);
      var ended = new AtomicBoolean();
      var task =
          clock.scheduleAtFixedRate(
              () -> {
                if (System.nanoTime() - last.get() > stall.toNanos()) {
                  ended.set(true);
                  try {
                    in.close();
                  } catch (IOException _) {
                    // it is the reader who reports
                  }
                }
              },
              every,
              every,
              TimeUnit.MILLISECONDS);
      return new Guard() {
        @Override
        public void alive() {
          last.set(System.nanoTime());
        }

        @Override
        public String reason(String failure) {
          return ended.get() ? "nothing came for " + stall.toMillis() + " ms" : failure;
        }

        @Override
        public void close() {
          task.cancel(false);
        }
      };
    }

    @Override
    public void close() {
      clock.shutdownNow();
    }
  }

  /// Counts for a set of files.
  private final class Progress {
    private final int files;
    private final OptionalLong bytes;
    private long bytesDone;
    private int filesDone;
    private long lastPublished = System.nanoTime() - PROGRESS_EVERY;

    Progress(List<Request> requests) {
      files = requests.size();
      boolean known = requests.stream().allMatch(request -> request.size().isPresent());
      bytes =
          known && files > 0
              ? OptionalLong.of(requests.stream().mapToLong(r -> r.size().orElse(0)).sum())
              : OptionalLong.empty();
    }

    synchronized void add(long count) {
      bytesDone += count;
      publish(false);
    }

    synchronized void completed(long alreadyThere) {
      filesDone++;
      bytesDone += alreadyThere;
      publish(false);
    }

    synchronized void publish(boolean always) {
      long now = System.nanoTime();
      if (files > 0 && (always || now - lastPublished >= PROGRESS_EVERY)) {
        lastPublished = now;
        events.publish(new FetchEvent.Progress(filesDone, files, bytesDone, bytes));
      }
    }
  }
}
