package dev.synapse.build.maven;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.synapse.build.lock.LockedFile;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RecordingProxyTest {
  private static final String JAR = "g/h/a/1/a-1.jar";
  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir Path temporary;
  private FolderSource upstream;
  private ArtifactCache cache;

  @BeforeEach
  void fill() throws IOException {
    upstream = new FolderSource(temporary.resolve("upstream"));
    cache = new ArtifactCache(temporary.resolve("cache"));
    upstream.put(JAR, "the jar");
    upstream.put("g/h/a/1/a-1.pom", "the pom");
    upstream.put("g/h/a/maven-metadata.xml", "<metadata/>");
  }

  @Test
  void recordsWhatItGaveOutSortedByPath() throws Exception {
    try (RecordingProxy proxy = start(List.of())) {
      assertThat(get(proxy, "/central/g/h/a/1/a-1.pom")).isEqualTo("200 the pom");
      assertThat(get(proxy, "/central/" + JAR)).isEqualTo("200 the jar");
      assertThat(get(proxy, "/central/" + JAR)).isEqualTo("200 the jar");

      assertThat(proxy.artifacts())
          .containsExactly(artifact(JAR, "the jar"), artifact("g/h/a/1/a-1.pom", "the pom"));
      assertThat(upstream.timesAsked(JAR)).isEqualTo(1);
    }
    assertThat(cache.find(sha256("the jar"))).isPresent();
  }

  @Test
  void computesChecksumsOfWhatItGaveOutAndRecordsNone() throws Exception {
    try (RecordingProxy proxy = start(List.of())) {
      assertThat(get(proxy, "/central/" + JAR + ".sha1")).startsWith("404");
      assertThat(get(proxy, "/central/" + JAR)).startsWith("200");
      for (HashAlgorithm algorithm : HashAlgorithm.values()) {
        String hex = Hash.of(algorithm, "the jar".getBytes(UTF_8)).toHex();
        assertThat(get(proxy, "/central/" + JAR + "." + algorithm.label())).isEqualTo("200 " + hex);
      }
      assertThat(proxy.artifacts()).containsExactly(artifact(JAR, "the jar"));
    }
  }

  @Test
  void refusesListsOfVersionsAndNamesWhoNeedsThem() throws Exception {
    try (RecordingProxy proxy = start(List.of())) {
      for (String path :
          List.of(
              "g/h/a/maven-metadata.xml",
              "g/h/some-maven-plugin/maven-metadata.xml",
              "org/codehaus/mojo/maven-metadata.xml",
              "g/h/a/2-SNAPSHOT/maven-metadata.xml",
              "g/h/a/3-SNAPSHOT/a-3-SNAPSHOT.jar")) {
        assertThat(get(proxy, "/central/" + path)).startsWith("404");
      }

      assertThat(proxy.unfixed())
          .containsExactly(
              new MavenProblem.Snapshot("g.h", "a", "2-SNAPSHOT"),
              new MavenProblem.Snapshot("g.h", "a", "3-SNAPSHOT"),
              new MavenProblem.UnpinnedDependency("g.h", "a"),
              new MavenProblem.UnpinnedPlugin("g.h", "some-maven-plugin"),
              new MavenProblem.UnknownPrefix("org.codehaus.mojo"));
      assertThat(proxy.artifacts()).isEmpty();
    }
  }

  @Test
  void givesListsOfVersionsOutInASurveyAndStillRecordsNone() throws Exception {
    try (RecordingProxy proxy =
        RecordingProxy.start(
            LOOPBACK, upstream, cache, List.of(), RecordingProxy.Metadata.SURVEYED)) {
      assertThat(get(proxy, "/central/g/h/a/maven-metadata.xml")).isEqualTo("200 <metadata/>");
      assertThat(proxy.unfixed()).containsExactly(new MavenProblem.UnpinnedDependency("g.h", "a"));
      assertThat(proxy.artifacts()).isEmpty();
    }
  }

  @Test
  void saysWhatTheRepositoryDoesNotHave() throws Exception {
    try (RecordingProxy proxy = start(List.of())) {
      assertThat(get(proxy, "/central/g/no/1/no-1-x.tar.gz")).startsWith("404");
      assertThat(proxy.missing())
          .containsExactly(new MavenProblem.Missing("central", "g/no/1/no-1-x.tar.gz"));
      assertThat(proxy.missing().getFirst().message())
          .isEqualTo("'g:no:1:tar.gz:x' is not in repository 'central'");
    }
  }

  @Test
  void aRepositoryOutOfOrderIsAProblemUntilItAnswers() throws Exception {
    upstream.breakDown(JAR);
    try (RecordingProxy proxy = start(List.of())) {
      assertThat(get(proxy, "/central/" + JAR)).startsWith("502");
      assertThat(proxy.failed())
          .containsExactly(new MavenProblem.Unreachable("central", JAR, "connection reset"));

      upstream.repair(JAR);

      assertThat(get(proxy, "/central/" + JAR)).isEqualTo("200 the jar");
      assertThat(proxy.failed()).isEmpty();
    }
  }

  @Test
  void takesWhatIsLockedAndInTheCacheFromThere() throws Exception {
    try (RecordingProxy first = start(List.of())) {
      get(first, "/central/" + JAR);
    }
    upstream.breakDown(JAR);
    try (RecordingProxy second = start(List.of(artifact(JAR, "the jar")))) {
      assertThat(get(second, "/central/" + JAR)).isEqualTo("200 the jar");
      assertThat(second.artifacts()).containsExactly(artifact(JAR, "the jar"));
    }
  }

  @Test
  void fetchesWhatIsDamagedInTheCacheAgain() throws Exception {
    try (RecordingProxy first = start(List.of())) {
      get(first, "/central/" + JAR);
    }
    Files.writeString(cache.find(sha256("the jar")).orElseThrow().file(), "damaged", UTF_8);
    try (RecordingProxy second = start(List.of(artifact(JAR, "the jar")))) {
      assertThat(get(second, "/central/" + JAR)).isEqualTo("200 the jar");
    }
    assertThat(upstream.timesAsked(JAR)).isEqualTo(2);
  }

  @Test
  void refusesOtherBytesThanThoseLocked() throws Exception {
    try (RecordingProxy proxy = start(List.of(artifact(JAR, "another jar")))) {
      assertThat(get(proxy, "/central/" + JAR)).startsWith("502");
      assertThat(proxy.failed())
          .containsExactly(
              new MavenProblem.ContentChanged(
                  "central", JAR, sha256("another jar"), sha256("the jar")));
      assertThat(proxy.artifacts()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/central/../secret",
        "/central/g/%2e%2e/%2e%2e/secret",
        "/central/g%2f..%2f..%2fsecret",
        "/central//etc/passwd",
        "/../secret",
        "/central/.hidden",
        "/central/a%00b",
        "/central/a\\b",
        "/central/",
        "/",
        "/central",
        "/central/%zz",
        "http://elsewhere/central/x",
      })
  void asksUpstreamForNothingOutsideOfARepository(String target) throws Exception {
    Files.writeString(temporary.resolve("secret"), "secret", UTF_8);
    try (RecordingProxy proxy = start(List.of())) {
      String answer = exchange(proxy.address(), request("GET", target, "close"));
      assertThat(answer).startsWith("HTTP/1.1 40").doesNotContain("\r\n\r\nsecret");
      assertThat(proxy.missing()).isEmpty();
      assertThat(proxy.artifacts()).isEmpty();
    }
  }

  @Test
  void servesSeveralRequestsOfOneConnectionOnAUnixSocket() throws Exception {
    Path socket = temporary.resolve("proxy.sock");
    try (RecordingProxy proxy =
        RecordingProxy.start(
            UnixDomainSocketAddress.of(socket),
            upstream,
            cache,
            List.of(),
            RecordingProxy.Metadata.REFUSED)) {
      String requests =
          request("HEAD", "/central/" + JAR, "keep-alive")
              + request("GET", "/central/no/no/1/no-1.jar", "keep-alive")
              + request("GET", "/central/" + JAR, "close");

      String answers = exchange(proxy.address(), requests);

      assertThat(answers.split("HTTP/1.1 ", -1))
          .satisfiesExactly(
              start -> assertThat(start).isEmpty(),
              head ->
                  assertThat(head)
                      .startsWith("200 OK\r\nContent-Length: 7\r\nConnection: keep-alive")
                      .endsWith("\r\n\r\n"),
              absent -> assertThat(absent).startsWith("404 Not Found"),
              body -> assertThat(body).startsWith("200 OK").endsWith("\r\n\r\nthe jar"));
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aConnectionStaysUntilEitherSideEndsIt() throws Exception {
    SocketChannel staying;
    try (RecordingProxy proxy = start(List.of());
        SocketChannel leaving = connected(proxy)) {
      leaving.shutdownOutput();
      assertThat(leaving.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      staying = connected(proxy);
    }
    try (staying) {
      assertThat(staying.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PUT /central/x HTTP/1.1\r\n\r\n",
        "GET /central/x\r\n\r\n",
        "GET /central/x HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody",
        "GET /central/x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      })
  void refusesWhatIsNoPlainRequest(String request) throws Exception {
    try (RecordingProxy proxy = start(List.of())) {
      assertThat(exchange(proxy.address(), request))
          .startsWith("HTTP/1.1 40")
          .doesNotContain("404");
    }
  }

  @Test
  void fetchesAFileOnceForManyClients() throws Exception {
    try (RecordingProxy proxy = start(List.of());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<String> client = () -> get(proxy, "/central/" + JAR);
      List<String> answers =
          threads.invokeAll(Stream.generate(() -> client).limit(40).toList()).stream()
              .map(Future::resultNow)
              .toList();

      assertThat(answers).hasSize(40).containsOnly("200 the jar");
      assertThat(upstream.timesAsked(JAR)).isEqualTo(1);
    }
  }

  @Test
  void listensOnThisMachineOnly() {
    assertThat(
            catchThrowable(
                () ->
                    RecordingProxy.start(
                            new InetSocketAddress("0.0.0.0", 0),
                            upstream,
                            cache,
                            List.of(),
                            RecordingProxy.Metadata.REFUSED)
                        .close()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private RecordingProxy start(List<LockedFile> known) throws IOException {
    return RecordingProxy.start(LOOPBACK, upstream, cache, known, RecordingProxy.Metadata.REFUSED);
  }

  private static LockedFile artifact(String path, String content) {
    return new LockedFile("central", path, sha256(content), content.getBytes(UTF_8).length);
  }

  private static Hash sha256(String content) {
    return Hash.of(HashAlgorithm.SHA256, content.getBytes(UTF_8));
  }

  private static String request(String method, String target, String connection) {
    return "%s %s HTTP/1.1\r\nHost: proxy\r\nConnection: %s\r\n\r\n"
        .formatted(method, target, connection);
  }

  /// The status and the body.
  private static String get(RecordingProxy proxy, String target) throws IOException {
    String answer = exchange(proxy.address(), request("GET", target, "close"));
    int body = answer.indexOf("\r\n\r\n");
    String status = answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
    return status + " " + answer.substring(body).strip();
  }

  /// A connection that was answered once and waits for the next request.
  private static SocketChannel connected(RecordingProxy proxy) throws IOException {
    SocketChannel channel = SocketChannel.open(proxy.address());
    channel.write(
        ByteBuffer.wrap(request("GET", "/central/" + JAR, "keep-alive").getBytes(ISO_8859_1)));
    InputStream in = Channels.newInputStream(channel);
    StringBuilder answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\nthe jar")) {
      answer.append((char) in.read());
    }
    return channel;
  }

  /// Sends bytes as they are and reads to the end of the connection.
  private static String exchange(SocketAddress address, String bytes) throws IOException {
    try (SocketChannel channel = SocketChannel.open(address);
        OutputStream out = Channels.newOutputStream(channel);
        InputStream in = Channels.newInputStream(channel)) {
      out.write(bytes.getBytes(ISO_8859_1));
      return new String(in.readAllBytes(), UTF_8);
    }
  }
}
