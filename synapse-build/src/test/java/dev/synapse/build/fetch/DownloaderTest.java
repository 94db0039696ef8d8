package dev.synapse.build.fetch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.build.fetch.LoopbackServer.Answer;
import dev.synapse.events.Event;
import dev.synapse.events.EventBus;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.net.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A download comes whole and right, or says why not, whatever the server does.
@Timeout(120)
final class DownloaderTest {
  private static final byte[] CONTENTS = contents();
  private static final Hash HASH = Hash.of(HashAlgorithm.SHA256, CONTENTS);

  @TempDir Path folder;
  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final EventBus bus = new EventBus();
  private Duration stall = Duration.ofSeconds(60);

  @BeforeEach
  void watch() {
    var _ = bus.subscribe(events::add);
  }

  @Test
  void aFileComesWholeAndIsNamedByItsHash() throws Exception {
    try (var server =
        new LoopbackServer((_, out) -> LoopbackServer.reply(out, "200 OK", CONTENTS))) {
      Path file = fetch(server);

      assertThat(Files.readAllBytes(file)).isEqualTo(CONTENTS);
      assertThat(leftovers()).containsExactly(HASH.toHex());
      assertThat(events.getLast())
          .isEqualTo(
              new FetchEvent.Progress(1, 1, CONTENTS.length, OptionalLong.of(CONTENTS.length)));
    }
  }

  @Test
  void aFileThatIsThereIsNotFetchedAgainUnlessItIsDamaged() throws Exception {
    try (var server =
        new LoopbackServer((_, out) -> LoopbackServer.reply(out, "200 OK", CONTENTS))) {
      Path file = fetch(server);
      fetch(server);
      assertThat(server.asked()).hasSize(1);

      Files.write(file, new byte[] {1});
      fetch(server);
      assertThat(server.asked()).hasSize(2);
      assertThat(Files.readAllBytes(file)).isEqualTo(CONTENTS);
    }
  }

  @Test
  void aCutDownloadGoesOnWhereItStopped() throws Exception {
    try (var server = new LoopbackServer(cutOnce(true))) {
      Path file = fetch(server);

      assertThat(Files.readAllBytes(file)).isEqualTo(CONTENTS);
      assertThat(server.asked()).hasSize(2);
      assertThat(server.asked().get(1).headers())
          .containsEntry("Range", "bytes=100000-")
          .containsEntry("If-Range", "\"v1\"");
      assertThat(events).anyMatch(FetchEvent.Retrying.class::isInstance);
    }
  }

  @Test
  void aServerWithoutRangesIsReadFromTheBeginning() throws Exception {
    try (var server = new LoopbackServer(cutOnce(false))) {
      assertThat(Files.readAllBytes(fetch(server))).isEqualTo(CONTENTS);
    }
  }

  @Test
  void aTryThatBroughtSomethingDoesNotCount() throws Exception {
    Answer pieces =
        (request, out) -> {
          int from =
              Integer.parseInt(request.headers().getOrDefault("Range", "0").replaceAll("\\D", ""));
          int to = Math.min(CONTENTS.length, from + 50_000);
          String status = from == 0 ? "200 OK" : "206 Partial Content";
          LoopbackServer.head(
              out,
              status,
              CONTENTS.length - from,
              "Content-Range: bytes %d-%d/%d"
                  .formatted(from, CONTENTS.length - 1, CONTENTS.length));
          out.write(CONTENTS, from, to - from);
          out.flush();
          await(() -> to == CONTENTS.length || hasPart(to));
        };
    try (var server = new LoopbackServer(pieces)) {
      assertThat(Files.readAllBytes(fetch(server))).isEqualTo(CONTENTS);
      assertThat(server.asked()).hasSize(6);
    }
  }

  @Test
  void aConnectionThatAlwaysEndsInOnePlaceIsGivenUpInWords() throws Exception {
    Answer half =
        (request, out) -> {
          LoopbackServer.head(out, "200 OK", CONTENTS.length);
          out.write(CONTENTS, 0, 1000);
          out.flush();
          await(() -> hasPart(1000));
        };
    try (var server = new LoopbackServer(half)) {
      assertThat(failure(server))
          .isEqualTo(
              new FetchProblem.Unreachable(
                  address(server), 4, "the connection ended before the file did"));
      assertThat(failure(server).message()).contains("; try again later, or from elsewhere");
    }
  }

  @Test
  void whatAKilledProcessLeftIsUsed() throws Exception {
    Files.write(folder.resolve(HASH.toHex() + ".part"), Arrays.copyOf(CONTENTS, 5000));
    try (var server = new LoopbackServer(ranges())) {
      assertThat(Files.readAllBytes(fetch(server))).isEqualTo(CONTENTS);
      assertThat(server.asked().getFirst().headers()).containsEntry("Range", "bytes=5000-");
      assertThat(leftovers()).containsExactly(HASH.toHex());
    }
  }

  @Test
  void aWrongBeginningIsThrownAway() throws Exception {
    Files.write(folder.resolve(HASH.toHex() + ".part"), new byte[5000]);
    try (var server = new LoopbackServer(ranges())) {
      assertThat(Files.readAllBytes(fetch(server))).isEqualTo(CONTENTS);
      assertThat(server.asked().getLast().headers()).doesNotContainKey("Range");
    }
  }

  @Test
  void anAnswerWithAnotherRangeIsNotBelieved() throws Exception {
    Files.write(folder.resolve(HASH.toHex() + ".part"), Arrays.copyOf(CONTENTS, 5000));
    Answer liar =
        (request, out) -> {
          if (request.headers().containsKey("Range")) {
            LoopbackServer.reply(
                out, "206 Partial Content", CONTENTS, "Content-Range: bytes 0-1/2");
          } else {
            LoopbackServer.reply(out, "200 OK", CONTENTS);
          }
        };
    try (var server = new LoopbackServer(liar)) {
      assertThat(Files.readAllBytes(fetch(server))).isEqualTo(CONTENTS);
    }
  }

  @Test
  void aSilentServerIsGivenUpAndTriedAgain() throws Exception {
    stall = Duration.ofMillis(300);
    var first = new AtomicInteger();
    Answer stalling =
        (_, out) -> {
          if (first.getAndIncrement() == 0) {
            LoopbackServer.head(out, "200 OK", CONTENTS.length);
            out.write(CONTENTS, 0, 10);
            out.flush();
            Thread.sleep(60_000);
          }
          LoopbackServer.reply(out, "200 OK", CONTENTS);
        };
    try (var server = new LoopbackServer(stalling)) {
      assertThat(Files.readAllBytes(fetch(server))).isEqualTo(CONTENTS);
      assertThat(events.stream().map(Event::toString))
          .anyMatch(text -> text.contains("nothing came for 300 ms"));
    }
  }

  @Test
  void aServerThatNeverAnswersIsGivenUpAfterThreeTries() throws Exception {
    stall = Duration.ofMillis(300);
    try (var server = new LoopbackServer((_, _) -> Thread.sleep(60_000))) {
      assertThat(failure(server))
          .isEqualTo(new FetchProblem.Unreachable(address(server), 3, "no answer within 300 ms"));
      assertThat(server.asked()).hasSize(3);
    }
  }

  @Test
  void aServerInTroubleIsTriedThreeTimes() throws Exception {
    try (var server =
        new LoopbackServer((_, out) -> LoopbackServer.reply(out, "500 Broken", new byte[0]))) {
      assertThat(failure(server))
          .isEqualTo(new FetchProblem.Unreachable(address(server), 3, "HTTP status 500"));
      assertThat(server.asked()).hasSize(3);
    }
  }

  @Test
  void aShortBodyIsNeverTakenForTheFile() throws Exception {
    Answer shortened =
        (_, out) -> {
          LoopbackServer.head(out, "200 OK", CONTENTS.length);
          out.write(CONTENTS, 0, 10);
        };
    try (var server = new LoopbackServer(shortened)) {
      assertThat(failure(server)).isInstanceOf(FetchProblem.Unreachable.class);
      assertThat(leftovers()).doesNotContain(HASH.toHex());
    }
  }

  @Test
  void anotherFileIsRefusedWithBothHashes() throws Exception {
    byte[] other = CONTENTS.clone();
    other[7] ^= 1;
    try (var server = new LoopbackServer((_, out) -> LoopbackServer.reply(out, "200 OK", other))) {
      FetchProblem problem = failure(server);

      assertThat(problem)
          .isEqualTo(
              new FetchProblem.HashDiffers(
                  address(server),
                  HASH.toString(),
                  Hash.of(HashAlgorithm.SHA256, other).toString()));
      assertThat(problem.message())
          .contains(address(server).toString(), HASH.toSri(), "has hash sha256-");
      assertThat(leftovers()).noneMatch(name -> name.endsWith(".part"));
    }
  }

  @Test
  void anEndlessAnswerIsCutOffAtTheLockedSize() throws Exception {
    Answer endless =
        (_, out) -> {
          LoopbackServer.head(out, "200 OK", Long.MAX_VALUE);
          while (true) {
            out.write(CONTENTS);
          }
        };
    try (var server = new LoopbackServer(endless)) {
      assertThat(failure(server)).isInstanceOf(FetchProblem.SizeDiffers.class);
    }
  }

  @Test
  void redirectsAreFollowedButNotForever() throws Exception {
    Answer once =
        (request, out) -> {
          if (request.path().equals("/file")) {
            LoopbackServer.reply(out, "302 Found", new byte[0], "Location: /elsewhere");
          } else {
            LoopbackServer.reply(out, "200 OK", CONTENTS);
          }
        };
    try (var server = new LoopbackServer(once)) {
      assertThat(Files.readAllBytes(fetch(server))).isEqualTo(CONTENTS);
      Files.delete(folder.resolve(HASH.toHex()));
    }
    Answer loop =
        (_, out) -> LoopbackServer.reply(out, "302 Found", new byte[0], "Location: /file");
    try (var server = new LoopbackServer(loop)) {
      FetchProblem problem = failure(server);
      assertThat(problem).isEqualTo(new FetchProblem.Refused(address(server), 302));
      assertThat(problem.message()).contains("too many redirects");
    }
  }

  @Test
  void whatOneAddressLacksTheNextOneGives() throws Exception {
    try (var without =
            new LoopbackServer(
                (_, out) -> LoopbackServer.reply(out, "404 Not Found", new byte[0]));
        var lying =
            new LoopbackServer((_, out) -> LoopbackServer.reply(out, "200 OK", new byte[3]));
        var with = new LoopbackServer((_, out) -> LoopbackServer.reply(out, "200 OK", CONTENTS))) {
      var repositories =
          Repositories.of(Map.of("three", List.of(without.base(), lying.base(), with.base())));
      var request = Request.of("three", "a/file", HASH, CONTENTS.length);

      Path file = downloader(repositories).fetch(List.of(request), folder).get(request);

      assertThat(file).hasBinaryContent(CONTENTS);
      assertThat(without.asked()).hasSize(1);
    }
  }

  @Test
  void whatNoAddressHasIsNotFound() throws Exception {
    try (var server =
        new LoopbackServer((_, out) -> LoopbackServer.reply(out, "404 Not Found", new byte[0]))) {
      assertThat(failure(server)).isInstanceOf(FetchProblem.NotFound.class);
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void aFolderServesAsARepository() throws Exception {
    Path base = Files.createDirectories(folder.resolve("mirror/a b"));
    Files.write(base.resolve("x+y~1"), CONTENTS);
    var repositories =
        Repositories.find(
            List.of("here=" + folder.resolve("mirror")),
            new Host(Map.of(), folder, folder, List.of()));
    var request = Request.of("here", "a b/x+y~1", HASH, CONTENTS.length);

    assertThat(downloader(repositories).fetch(List.of(request), folder.resolve("cache")))
        .containsEntry(request, folder.resolve("cache").resolve(HASH.toHex()));
  }

  @Test
  void withoutAHashTheFileIsNamedByTheOneItHas() throws Exception {
    try (var server = new LoopbackServer(cutOnce(true))) {
      Fetched fetched =
          downloader(Repositories.of(Map.of())).fetchUnverified(Origin.of(address(server)), folder);

      assertThat(fetched)
          .isEqualTo(
              new Fetched(folder.resolve(HASH.toHex()), HASH, CONTENTS.length, address(server)));
      assertThat(leftovers()).containsExactly(HASH.toHex());
    }
  }

  @Test
  void twoAtOnceInOneFolderBothSucceedAndFetchOnce() throws Exception {
    Path lock = folder.resolve(HASH.toHex() + ".lock");
    Answer slow =
        (_, out) -> {
          await(() -> timesOpen(lock) == 2);
          LoopbackServer.reply(out, "200 OK", CONTENTS);
        };
    try (var server = new LoopbackServer(slow);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var both = new ArrayList<Future<Path>>();
      for (int i = 0; i < 2; i++) {
        both.add(threads.submit(() -> fetch(server)));
      }
      for (var one : both) {
        assertThat(one.get()).hasBinaryContent(CONTENTS);
      }
      assertThat(server.asked()).hasSize(1);
    }
  }

  @Test
  void whenOneFileFailsTheOthersAreStopped() throws Exception {
    var silent = new CountDownLatch(1);
    Answer answer =
        (request, out) -> {
          switch (request.path()) {
            case "/half" -> {
              LoopbackServer.head(out, "200 OK", CONTENTS.length);
              out.write(CONTENTS, 0, 10);
              out.flush();
              Thread.sleep(60_000);
            }
            case "/silent" -> {
              silent.countDown();
              Thread.sleep(60_000);
            }
            default -> {
              await(() -> hasPart(10));
              silent.await();
              LoopbackServer.reply(out, "404 Not Found", new byte[0]);
            }
          }
        };
    try (var server = new LoopbackServer(answer)) {
      var requests =
          Stream.of("half", "silent", "absent")
              .map(
                  name ->
                      new Request(
                          Origin.of(server.base().resolve(name)),
                          Hash.of(HashAlgorithm.SHA256, name.getBytes(US_ASCII)),
                          OptionalLong.empty()))
              .toList();

      assertThatThrownBy(() -> downloader(Repositories.of(Map.of())).fetch(requests, folder))
          .isInstanceOfSatisfying(
              FetchException.class,
              e -> assertThat(e.problem()).isInstanceOf(FetchProblem.NotFound.class));
      assertThat(leftovers()).containsExactly(requests.getFirst().sha256().toHex() + ".part");
    }
  }

  @Test
  void aFullDiskIsSaidToBeFull() throws Exception {
    assumeThat(Path.of("/dev/full")).exists();
    Path part = folder.resolve(HASH.toHex() + ".part");
    Files.createSymbolicLink(part, Path.of("/dev/full"));
    try (var server =
        new LoopbackServer((_, out) -> LoopbackServer.reply(out, "200 OK", CONTENTS))) {
      assertThat(failure(server)).isEqualTo(new FetchProblem.DiskFull(folder));
    } finally {
      Files.delete(part);
    }
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() throws Exception {
    Path part = Files.createDirectory(folder.resolve(HASH.toHex() + ".part"));
    try (var server =
        new LoopbackServer((_, out) -> LoopbackServer.reply(out, "200 OK", CONTENTS))) {
      assertThatThrownBy(() -> fetch(server))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining(part.toString());
    }
  }

  @Test
  void anInterruptIsNoFailureOfTheDisk() throws Exception {
    Path part = folder.resolve("part");
    try (var out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> Downloader.write(out, ByteBuffer.wrap(CONTENTS), part))
          .isInstanceOf(ClosedByInterruptException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> Downloader.write(out, ByteBuffer.wrap(CONTENTS), part))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining(part.toString());
    }
  }

  @Test
  void anotherThreadThatHasTheLockIsWaitedFor() throws Exception {
    try (var held = lockFile();
        var wanted = lockFile()) {
      var lock = new FutureTask<>(() -> Downloader.lock(wanted));
      try (var _ = Downloader.lock(held)) {
        Thread waiting = Thread.ofVirtual().start(lock);
        await(() -> waiting.getState() == Thread.State.TIMED_WAITING); // it asks after a pause
      }
      assertThat(lock.get().isValid()).isTrue();
    }
  }

  @Test
  void proxiesComeFromTheEnvironment() {
    var proxies =
        new Web.EnvironmentProxies(
            Map.of("https_proxy", "http://proxy.example:3128", "NO_PROXY", "a.example,.b.example"));

    assertThat(proxies.select(URI.create("https://c.example/")).getFirst().toString())
        .contains("proxy.example", "3128");
    for (String direct :
        List.of(
            "https://a.example/",
            "https://x.b.example/",
            "https://localhost/",
            "http://c.example/")) {
      assertThat(proxies.select(URI.create(direct))).containsExactly(Proxy.NO_PROXY);
    }
  }

  @Test
  void whatAProcessKilledBeforeTheRenamingLeftIsTakenAsItIs() throws Exception {
    Files.write(folder.resolve(HASH.toHex() + ".part"), CONTENTS);
    try (var server =
        new LoopbackServer((_, out) -> LoopbackServer.reply(out, "404 Not Found", new byte[0]))) {
      assertThat(fetch(server)).hasBinaryContent(CONTENTS);
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  void aBeginningThatIsAsLongAsTheWholeAndIsNotItIsThrownAway() throws Exception {
    Files.write(folder.resolve(HASH.toHex() + ".part"), new byte[CONTENTS.length]);
    try (var server = new LoopbackServer(ranges())) {
      assertThat(fetch(server)).hasBinaryContent(CONTENTS);
      assertThat(server.asked().getFirst().headers()).doesNotContainKey("Range");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"408 Request Timeout", "429 Too Many Requests", "503 Busy"})
  void anAnswerThatMayChangeIsAskedForAgain(String status) throws Exception {
    var first = new AtomicInteger();
    try (var server =
        new LoopbackServer(
            (_, out) ->
                LoopbackServer.reply(
                    out,
                    first.getAndIncrement() == 0 ? status : "200 OK",
                    first.get() == 1 ? new byte[0] : CONTENTS))) {
      assertThat(fetch(server)).hasBinaryContent(CONTENTS);
      assertThat(server.asked()).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource({"404 Not Found,403 Forbidden,403", "403 Forbidden,404 Not Found,403"})
  void theFailureThatTellsMostIsReported(String first, String second, int status) throws Exception {
    try (var one = new LoopbackServer((_, out) -> LoopbackServer.reply(out, first, new byte[0]));
        var other =
            new LoopbackServer((_, out) -> LoopbackServer.reply(out, second, new byte[0]))) {
      var origin = new Origin.Addresses(List.of(address(one), address(other)));
      var request = new Request(origin, HASH, OptionalLong.empty());

      assertThat(
              catchThrowableOfType(
                      FetchException.class,
                      () -> downloader(Repositories.of(Map.of())).fetch(List.of(request), folder))
                  .problem())
          .isInstanceOfSatisfying(
              FetchProblem.Refused.class,
              refused -> assertThat(refused.status()).isEqualTo(status));
    }
  }

  @Test
  void aDeadServerIsNamedAndAnAddressOfAnotherKindRefused() throws Exception {
    LoopbackServer gone = new LoopbackServer((_, _) -> {});
    gone.close();

    assertThat(failure(gone))
        .isInstanceOfSatisfying(
            FetchProblem.Unreachable.class,
            dead -> {
              assertThat(dead.reason()).startsWith("cannot connect to '127.0.0.1'");
              assertThat(dead.message()).contains("tried 3 times");
            });
    var request =
        new Request(Origin.of(URI.create("ftp://127.0.0.1/x")), HASH, OptionalLong.empty());
    assertThat(
            catchThrowableOfType(
                    FetchException.class,
                    () -> downloader(Repositories.of(Map.of())).fetch(List.of(request), folder))
                .problem())
        .isInstanceOf(FetchProblem.BadAddress.class);
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    Duration second = Duration.ofSeconds(1);

    assertThatThrownBy(() -> new Downloader.Settings(0, 1, second, second))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Downloader.Settings(1, 1, second, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private FileChannel lockFile() throws IOException {
    return FileChannel.open(
        folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private Path fetch(LoopbackServer server) throws IOException, InterruptedException {
    var request = new Request(Origin.of(address(server)), HASH, OptionalLong.of(CONTENTS.length));
    var files = downloader(Repositories.of(Map.of())).fetch(List.of(request), folder);
    return files.values().iterator().next();
  }

  private FetchProblem failure(LoopbackServer server) {
    return catchThrowableOfType(FetchException.class, () -> fetch(server)).problem();
  }

  private Downloader downloader(Repositories repositories) {
    var settings = new Downloader.Settings(8, 3, Duration.ofMillis(5), stall);
    return new Downloader(
        repositories, new Host(Map.of(), folder, folder, List.of()), bus, settings);
  }

  private List<String> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  private static URI address(LoopbackServer server) {
    return server.base().resolve("file");
  }

  private static Answer ranges() {
    return (request, out) -> {
      String range = request.headers().get("Range");
      if (range == null) {
        LoopbackServer.reply(out, "200 OK", CONTENTS, "ETag: \"v1\"");
      } else {
        int from = Integer.parseInt(range.replaceAll("\\D", ""));
        LoopbackServer.reply(
            out,
            "206 Partial Content",
            Arrays.copyOfRange(CONTENTS, from, CONTENTS.length),
            "ETag: \"v1\"",
            "Content-Range: bytes %d-%d/%d".formatted(from, CONTENTS.length - 1, CONTENTS.length));
      }
    };
  }

  private Answer cutOnce(boolean ranges) {
    var first = new AtomicInteger();
    return (request, out) -> {
      if (first.getAndIncrement() == 0) {
        LoopbackServer.head(out, "200 OK", CONTENTS.length, "ETag: \"v1\"");
        out.write(CONTENTS, 0, 100_000);
        out.flush();
        await(() -> hasPart(100_000)); // what has not been read is lost with the connection
      } else if (ranges) {
        ranges().write(request, out);
      } else {
        LoopbackServer.reply(out, "200 OK", CONTENTS);
      }
    };
  }

  private boolean hasPart(long size) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".part")).toList()) {
        if (Files.size(file) == size) {
          return true;
        }
      }
    }
    return false;
  }

  /// How often this process has a file open.
  private static int timesOpen(Path file) throws IOException {
    int times = 0;
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        times += isSame(descriptor, file) ? 1 : 0;
      }
    }
    return times;
  }

  private static boolean isSame(Path descriptor, Path file) throws IOException {
    try {
      return Files.isSameFile(descriptor, file);
    } catch (NoSuchFileException _) {
      return false; // closed meanwhile
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException, InterruptedException {
    while (!condition.holds()) {
      Thread.sleep(1);
    }
  }

  private static byte[] contents() {
    byte[] bytes = new byte[300_000];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
