package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.signature.SigningKey;
import dev.synapse.store.signature.TrustedKeys;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// A bucket of a server that checks signatures is a cache.
final class S3CacheTest extends BinaryCacheContract {
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);
  private static final int MORE_THAN_A_PAGE = 1005;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Optional<S3Server> server = Optional.empty();

  @BeforeEach
  void start() throws Exception {
    server = Optional.of(S3Server.checking(folder.resolve("buckets")));
  }

  @AfterEach
  void stop() throws Exception {
    server.orElseThrow().close();
  }

  private static AwsCredentialsProvider credentials(String id, String secret) {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret));
  }

  private BinaryCache at(String location, AwsCredentialsProvider credentials) throws Exception {
    return at(location, credentials, settings(PATIENCE));
  }

  private static BinaryCache at(
      String location, AwsCredentialsProvider credentials, CacheSettings settings)
      throws Exception {
    return S3Cache.open(S3Location.parse(location, new URI(location)), settings, credentials);
  }

  private CacheSettings settings(Duration stall) {
    return CacheSettings.DEFAULT.withScratch(folder).withPatience(stall, 2, Duration.ZERO);
  }

  @Override
  BinaryCache open() throws Exception {
    return at(
        server.orElseThrow().location("/some/where"), credentials(S3Server.ID, S3Server.SECRET));
  }

  private static CacheProblem problem(ThrowingCallable call) {
    List<CacheProblem> problems = new ArrayList<>();
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(CacheException.class, e -> problems.add(e.problem()));
    return problems.getFirst();
  }

  @Test
  void aPrefixIsACacheOfItsOwn() throws Exception {
    var credentials = credentials(S3Server.ID, S3Server.SECRET);
    try (BinaryCache below = open();
        BinaryCache whole = at(server.orElseThrow().location(""), credentials)) {
      below.write("nix-cache-info", HELLO);
      assertThat(whole.contains("nix-cache-info")).isFalse();
      assertThat(whole.readSmall("some/where/nix-cache-info", 10)).hasValue(HELLO);
    }
  }

  @Tag("slow")
  @Test
  void allOfAnyNumberAreListed() throws Exception {
    List<String> names = new ArrayList<>();
    try (BinaryCache cache = open()) {
      for (int number = 0; number < MORE_THAN_A_PAGE; number++) {
        names.add("%032d.narinfo".formatted(number));
      }
      Parallel.each(names, 16, name -> cache.write(name, HELLO));
      cache.write("nar/0.nar", HELLO);
      cache.write("nar/0.narinfo", HELLO);
      assertThat(cache.narInfos()).isEqualTo(names);
    }
  }

  @Test
  void aBucketIsSignedAndVerified() throws Exception {
    SigningKey key = SigningKey.generate("test-1");
    Trust trust = new Trust(new TrustedKeys(List.of(key.verificationKey())));
    try (BinaryCache cache = open();
        LocalStore from = LocalStore.open(folder.resolve("from"))) {
      Sample sample = Sample.fill(from, folder);
      new CachePush(from, cache, CachePush.Options.signedBy(List.of()), _ -> {})
          .push(List.of(sample.output()));
      CacheUpkeep upkeep = new CacheUpkeep(cache);
      assertThat(upkeep.check(List.of(), trust, true).problems())
          .as("the text needs no signature")
          .hasOnlyElementsOfType(CacheProblem.Untrusted.class)
          .isNotEmpty();
      assertThat(upkeep.sign(List.of(), List.of(key))).hasSize(Sample.PATHS);
      assertThat(upkeep.check(List.of(), trust, true))
          .isEqualTo(new CacheUpkeep.Findings(Sample.PATHS, List.of()));
    }
  }

  @Test
  void aWrongSecretIsDeniedAndNotShown() throws Exception {
    String location = server.orElseThrow().location("");
    try (BinaryCache cache = at(location, credentials(S3Server.ID, "another-secret"))) {
      for (CacheProblem denied :
          List.of(
              problem(() -> cache.read("nix-cache-info")),
              problem(() -> cache.write("nix-cache-info", HELLO)),
              problem(cache::narInfos))) {
        assertThat(denied).isInstanceOf(CacheProblem.Denied.class);
        assertThat(denied.message())
            .contains("SignatureDoesNotMatch")
            .doesNotContain("another-secret");
      }
    }
    try (BinaryCache cache = at(location, AnonymousCredentialsProvider.create())) {
      assertThat(problem(() -> cache.write("nix-cache-info", HELLO)))
          .isInstanceOf(CacheProblem.Denied.class);
    }
  }

  @Test
  void whatMayNotBeListedIsAbsentExceptForTheFileOfEveryCache() throws Exception {
    byte[] denied =
        "<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
            .getBytes(StandardCharsets.UTF_8);
    HttpServer silentOnNames =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    silentOnNames.createContext(
        "/",
        exchange -> {
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(403, head ? -1 : denied.length);
          if (!head) {
            exchange.getResponseBody().write(denied);
          }
          exchange.close();
        });
    silentOnNames.start();
    try (BinaryCache cache =
        at(to(silentOnNames.getAddress().getPort()), AnonymousCredentialsProvider.create())) {
      assertThat(cache.read("log/x")).isEmpty();
      assertThat(cache.contains("log/x")).isFalse();
      assertThat(problem(() -> cache.read("nix-cache-info")))
          .isEqualTo(
              new CacheProblem.Denied(cache.location(), "nix-cache-info", "AccessDenied: no"));
    } finally {
      silentOnNames.stop(0);
    }
  }

  @Test
  void anAbsentBucketIsNoCache() throws Exception {
    String location = server.orElseThrow().location("").replace("bucket", "other-bucket");
    try (BinaryCache cache = at(location, credentials(S3Server.ID, S3Server.SECRET))) {
      assertThat(problem(() -> cache.read("nix-cache-info")))
          .isEqualTo(new CacheProblem.NotACache(location, "there is no bucket 'other-bucket'"));
    }
  }

  @Test
  void credentialsComeFromTheProfile() throws Exception {
    var nobody = server.orElseThrow().location("") + "&profile=nobody";
    assertThat(problem(() -> new BinaryCaches(settings(PATIENCE)).open(nobody).close()).message())
        .contains("there are no credentials for profile 'nobody'");
  }

  private static String to(int port) {
    return "s3://bucket?region=eu-west-1&scheme=http&endpoint=127.0.0.1:" + port;
  }

  @Test
  void aBucketThatIsDownIsUnreachable() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    try (BinaryCache cache = at(to(port), credentials("id", "secret"))) {
      assertThat(problem(() -> cache.read("nix-cache-info")))
          .isInstanceOf(CacheProblem.Unreachable.class);
      assertThat(problem(() -> cache.contains("nix-cache-info")))
          .isInstanceOf(CacheProblem.Unreachable.class);
    }
  }

  @Test
  void aBucketThatIsSilentIsGivenUpAfterOneTry() throws Exception {
    List<Socket> taken = Collections.synchronizedList(new ArrayList<>());
    Duration stall = Duration.ofMillis(500);
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        BinaryCache cache =
            at(to(silent.getLocalPort()), credentials("id", "secret"), settings(stall))) {
      var _ =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        taken.add(silent.accept());
                      }
                    } catch (IOException _) {
                      // closed at the end
                    }
                  });
      assertThat(problem(() -> cache.read("nix-cache-info")))
          .isEqualTo(new CacheProblem.Stalled(cache.location(), "nix-cache-info", stall));
      assertThat(taken).hasSize(1);
      assertThat(problem(() -> cache.write("log/x", new byte[50_000_000])))
          .as("nobody takes it")
          .isInstanceOf(CacheProblem.Stalled.class);
    } finally {
      for (Socket each : taken) {
        each.close();
      }
    }
  }

  @Test
  void whatStopsInTheMiddleIsNotTakenForWhole() throws Exception {
    HttpServer half =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    half.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write(HELLO);
          exchange.getResponseBody().flush();
          exchange.close();
        });
    half.start();
    try (BinaryCache cache = at(to(half.getAddress().getPort()), credentials("id", "secret"));
        InputStream in = cache.read("nix-cache-info").orElseThrow()) {
      assertThat(problem(in::readAllBytes)).isInstanceOf(CacheProblem.Unreachable.class);
    } finally {
      half.stop(0);
    }
  }

  @Test
  void aServerInTroubleIsAskedAgain() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer troubled =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    troubled.createContext(
        "/",
        exchange -> {
          boolean first = asked.incrementAndGet() == 1;
          exchange.sendResponseHeaders(first ? 503 : 500, -1);
          exchange.close();
        });
    troubled.start();
    try (BinaryCache cache = at(to(troubled.getAddress().getPort()), credentials("id", "secret"))) {
      assertThat(problem(() -> cache.read("nix-cache-info")))
          .isEqualTo(new CacheProblem.BadStatus(cache.location(), "nix-cache-info", 500));
      assertThat(asked).hasValue(2);
    } finally {
      troubled.stop(0);
    }
  }

  @Test
  void aLocationSaysWhereABucketIs() throws Exception {
    String text = "s3://my.bucket/a/b/?endpoint=host:90&scheme=http&region=eu-west-1&profile=p";
    assertThat(S3Location.parse(text, new URI(text)))
        .isEqualTo(
            new S3Location(
                text,
                "my.bucket",
                "a/b/",
                Optional.of(new URI("http://host:90")),
                Optional.of("eu-west-1"),
                Optional.of("p")));
    String plain = "s3://bucket";
    assertThat(S3Location.parse(plain, new URI(plain)))
        .isEqualTo(
            new S3Location(
                plain, "bucket", "", Optional.empty(), Optional.empty(), Optional.empty()));
  }

  @Test
  void whatIsNoBucketIsRefused() {
    BinaryCaches caches = new BinaryCaches(CacheSettings.DEFAULT);
    for (String bad :
        List.of(
            "s3://",
            "s3:bucket",
            "s3:///x",
            "s3://UPPER",
            "s3://user@bucket",
            "s3://bucket/a/../b",
            "s3://bucket/a%2fb",
            "s3://bucket#x",
            "s3://bucket?compression=xz",
            "s3://bucket?region",
            "s3://bucket?region=a&region=b",
            "s3://bucket?region=",
            "s3://bucket?scheme=http",
            "s3://bucket?endpoint=x&scheme=ftp",
            "s3://bucket?endpoint=http://x",
            "s3://bucket?endpoint=x/y")) {
      assertThat(problem(() -> caches.open(bad).close()))
          .as(bad)
          .isInstanceOf(CacheProblem.BadLocation.class);
    }
  }
}
