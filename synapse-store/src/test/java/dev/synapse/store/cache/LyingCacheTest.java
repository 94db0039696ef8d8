package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarWriter;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import dev.synapse.store.signature.TrustedKeys;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A cache that is down, slow or lying is set aside, which is said once; what it was asked for
/// comes from elsewhere, and nothing of it reaches the store.
@Timeout(120)
final class LyingCacheTest {
  private static final Duration STALL = Duration.ofMillis(300);
  private static final CacheSettings IMPATIENT =
      CacheSettings.DEFAULT.withPatience(STALL, 2, Duration.ofMillis(1));
  private static final int BOMB = 200_000_000;

  /// What a bad server does in place of giving the file; `file` are the true contents.
  private interface Fault {
    void answer(HttpExchange exchange, byte[] file) throws IOException;
  }

  /// A fault for all files whose names end so.
  private record Bad(String suffix, Fault fault) {}

  @TempDir Path folder;
  private final CountDownLatch end = new CountDownLatch(1);
  private SigningKey key;
  private Sample sample;
  private Path good;

  @BeforeEach
  void fill() throws Exception {
    key = SigningKey.generate("test-1");
    good = folder.resolve("good");
    try (LocalStore from = LocalStore.open(folder.resolve("from"));
        BinaryCache cache = file(good)) {
      sample = Sample.fill(from, folder);
      new CachePush(from, cache, CachePush.Options.signedBy(List.of(key)), _ -> {})
          .push(List.of(sample.output()));
    }
  }

  @AfterEach
  void clear() throws Exception {
    end.countDown();
    try (Stream<Path> stores = Files.list(folder)) {
      for (Path each : stores.toList()) {
        Trees.delete(each);
      }
    }
  }

  private static BinaryCache file(Path place) throws IOException {
    return new BinaryCaches(CacheSettings.DEFAULT).open("file://" + place);
  }

  private Map<String, Bad> faults() throws Exception {
    Map<String, Bad> all = new LinkedHashMap<>();
    byte[] otherNar = Files.readAllBytes(good.resolve(read(sample.text()).file().url()));
    all.put("narinfo 500", new Bad(".narinfo", (exchange, _) -> status(exchange, 500)));
    all.put("narinfo 302 to itself", new Bad(".narinfo", LyingCacheTest::redirect));
    all.put(
        "narinfo garbage",
        bad(".narinfo", _ -> "<html>".repeat(9).getBytes(StandardCharsets.UTF_8)));
    all.put("narinfo empty", bad(".narinfo", _ -> new byte[0]));
    all.put("narinfo endless", bad(".narinfo", _ -> new byte[NarInfo.LIMIT + 10]));
    all.put("narinfo of another path", bad(".narinfo", _ -> bytes(sample.text(), "")));
    all.put("narinfo with a way out", edited("URL: nar/", "URL: ../nar/"));
    all.put("narinfo with an absolute address", edited("URL: nar/", "URL: http://x/nar/"));
    all.put("narinfo without answer", new Bad(".narinfo", (_, _) -> hang()));
    all.put(
        "narinfo that stops",
        new Bad(".narinfo", (exchange, file) -> half(exchange, file, this::hang)));
    all.put("nar 404", new Bad(".nar.zst", (exchange, _) -> status(exchange, 404)));
    all.put("nar 500", new Bad(".nar.zst", (exchange, _) -> status(exchange, 500)));
    all.put("nar 302 to itself", new Bad(".nar.zst", LyingCacheTest::redirect));
    all.put(
        "nar that stops",
        new Bad(".nar.zst", (exchange, file) -> half(exchange, file, this::hang)));
    all.put(
        "nar that breaks off",
        new Bad(".nar.zst", (exchange, file) -> half(exchange, file, () -> {})));
    all.put("nar garbage", bad(".nar.zst", file -> new byte[file.length]));
    all.put("nar empty", bad(".nar.zst", _ -> new byte[0]));
    all.put("nar cut", bad(".nar.zst", file -> java.util.Arrays.copyOf(file, file.length / 2)));
    all.put("nar of another path", bad(".nar.zst", _ -> otherNar));
    all.put("nar flipped", bad(".nar.zst", LyingCacheTest::flip));
    all.put("nar beyond its size", bad(".nar.zst", _ -> bomb()));
    all.put("nar with an impossible name", bad(".nar.zst", _ -> longName()));
    all.put("nix-cache-info 404", new Bad(CacheInfo.FILE, (exchange, _) -> status(exchange, 404)));
    all.put(
        "nix-cache-info of another store",
        bad(CacheInfo.FILE, _ -> "StoreDir: /gnu/store\n".getBytes(StandardCharsets.UTF_8)));
    return all;
  }

  private static final int FAULTS = 24;

  private NarInfo read(StorePath path) throws Exception {
    return NarInfo.parse(Files.readAllBytes(good.resolve(NarInfo.fileOf(path))));
  }

  private byte[] bytes(StorePath path, String added) {
    try {
      return (Files.readString(good.resolve(NarInfo.fileOf(path))) + added)
          .getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Bad bad(String suffix, UnaryOperator<byte[]> change) {
    return new Bad(suffix, (exchange, file) -> give(exchange, change.apply(file)));
  }

  private static Bad edited(String from, String to) {
    return bad(
        ".narinfo",
        file ->
            new String(file, StandardCharsets.UTF_8)
                .replace(from, to)
                .getBytes(StandardCharsets.UTF_8));
  }

  private static void give(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static void status(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
  }

  private static void redirect(HttpExchange exchange, byte[] file) throws IOException {
    exchange.getResponseHeaders().set("Location", exchange.getRequestURI().toString());
    exchange.sendResponseHeaders(302, -1);
  }

  private static void half(HttpExchange exchange, byte[] file, Runnable then) throws IOException {
    exchange.sendResponseHeaders(200, file.length);
    exchange.getResponseBody().write(file, 0, file.length / 2);
    exchange.getResponseBody().flush();
    then.run();
  }

  private void hang() {
    try {
      end.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Changes a byte of the contents, which stays well compressed.
  private static byte[] flip(byte[] file) {
    try {
      byte[] nar =
          Compression.decompress("zstd", new ByteArrayInputStream(file))
              .orElseThrow()
              .readAllBytes();
      nar[nar.length / 2] ^= 1;
      return compressed(nar);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] compressed(byte[] nar) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zstd = Compression.ZSTD.compress(out, 1, 0)) {
      zstd.write(nar);
    }
    return out.toByteArray();
  }

  /// A few kilobytes that become 200 MB.
  private static byte[] bomb() {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream zstd = Compression.ZSTD.compress(out, 1, 0)) {
        new NarWriter(zstd)
            .file(
                false,
                BOMB,
                new InputStream() {
                  @Override
                  public int read() {
                    return 0;
                  }

                  @Override
                  public int read(byte[] bytes, int from, int length) {
                    return length;
                  }
                });
      }
      assertThat(out.size()).isLessThan(BOMB / 1000);
      return out.toByteArray();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] longName() {
    try {
      ByteArrayOutputStream nar = new ByteArrayOutputStream();
      NarWriter writer = new NarWriter(nar);
      writer.startDirectory();
      writer.entry(dev.synapse.store.bytes.ByteString.of("n".repeat(300)));
      writer.symlink(dev.synapse.store.bytes.ByteString.of("x"));
      writer.endDirectory();
      return compressed(nar.toByteArray());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private HttpServer serve(Bad bad, List<String> asked) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String name = exchange.getRequestURI().getPath().substring(1);
            asked.add(name);
            Path file = good.resolve(name);
            byte[] contents = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            if (name.endsWith(bad.suffix())) {
              bad.fault().answer(exchange, contents);
            } else if (Files.exists(file)) {
              give(exchange, contents);
            } else {
              status(exchange, 404);
            }
          }
        });
    server.start();
    return server;
  }

  @TestFactory
  Stream<DynamicTest> everyFaultSetsTheCacheAsideAndHarmsNothing() throws Exception {
    Map<String, Bad> faults = faults();
    assertThat(faults).hasSize(FAULTS);
    return faults.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(), () -> check(each.getKey(), each.getValue())));
  }

  private void check(String name, Bad bad) throws Exception {
    List<String> asked = Collections.synchronizedList(new ArrayList<>());
    HttpServer server = serve(bad, asked);
    try {
      String location = "http://127.0.0.1:" + server.getAddress().getPort();
      checkAlone(name, location);
      checkWithAnother(name, location, asked);
    } finally {
      server.stop(0);
    }
  }

  private Trust trust() {
    return new Trust(new TrustedKeys(List.of(key.verificationKey())));
  }

  private void checkAlone(String name, String location) throws Exception {
    Path home = folder.resolve("alone-" + name);
    List<CacheEvent> events = Collections.synchronizedList(new ArrayList<>());
    try (LocalStore store = LocalStore.open(home);
        BinaryCache lying = new BinaryCaches(IMPATIENT).open(location)) {
      var substituter = new Substituter(store, List.of(lying), trust(), 2, events::add);

      assertThat(substituter.substitute(List.of(sample.output()))).isEmpty();

      assertThat(store.isValid(sample.output())).isFalse();
      assertThat(store.verify(true)).isEmpty();
      assertThat(setAside(events)).hasSize(1);
      assertThat(store.objects().toFile().list())
          .filteredOn(each -> !each.startsWith("."))
          .containsExactlyInAnyOrderElementsOf(
              store.allValid().stream().map(StorePath::baseName).toList());
    } finally {
      Trees.delete(home);
    }
  }

  private void checkWithAnother(String name, String location, List<String> asked) throws Exception {
    Path home = folder.resolve("two-" + name);
    List<CacheEvent> events = Collections.synchronizedList(new ArrayList<>());
    try (LocalStore store = LocalStore.open(home);
        BinaryCache lying = new BinaryCaches(IMPATIENT).open(location);
        BinaryCache honest = file(good)) {
      var substituter = new Substituter(store, List.of(lying, honest), trust(), 2, events::add);

      assertThat(substituter.substitute(List.of(sample.output()))).containsExactly(sample.output());

      assertThat(store.allValid())
          .containsExactlyInAnyOrder(sample.text(), sample.other(), sample.output());
      assertThat(store.verify(true)).isEmpty();
      assertThat(setAside(events)).hasSize(1);
      assertThat(setAside(events).getFirst().problem().message()).contains(location);
      asked.clear();
      assertThat(substituter.offers(List.of(new StorePath("1".repeat(32), "x")))).isEmpty();
      assertThat(asked).as("nobody asks it again").isEmpty();
    } finally {
      Trees.delete(home);
    }
  }

  private static List<CacheEvent.SetAside> setAside(List<CacheEvent> events) {
    return events.stream()
        .filter(CacheEvent.SetAside.class::isInstance)
        .map(CacheEvent.SetAside.class::cast)
        .toList();
  }

  @Test
  void aCacheThatIsDownIsSetAside() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    List<String> asked = new ArrayList<>();
    checkAlone("down", "http://127.0.0.1:" + free);
    checkWithAnother("down", "http://127.0.0.1:" + free, asked);
  }

  @Test
  void aHostThatAcceptsAndSaysNothingIsSetAside() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String location = "http://127.0.0.1:" + silent.getLocalPort();
      checkAlone("silent", location);
      checkWithAnother("silent", location, new ArrayList<>());
    }
  }

  @Test
  void aFolderThatIsNotThereIsSetAside() throws Exception {
    checkAlone("absent", "file://" + folder.resolve("nothing"));
    checkWithAnother("absent", "file://" + folder.resolve("nothing"), new ArrayList<>());
  }

  @Test
  void aLieAboutTheSizeOfWhatFollowsFromItsContentsIsFound() throws Exception {
    for (long size : List.of(1L, 119L, 121L, 1_000_000_000_000L)) {
      Path lying = folder.resolve("size-" + size);
      Trees.copy(good, lying);
      Path file = lying.resolve(NarInfo.fileOf(sample.text()));
      Files.writeString(
          file,
          Files.readString(file)
              .replaceFirst("NarSize: \\d+", "NarSize: " + size)
              .replaceFirst("Sig: .*\n", ""));
      Path home = folder.resolve("home-" + size);
      List<CacheEvent> events = Collections.synchronizedList(new ArrayList<>());
      try (LocalStore store = LocalStore.open(home);
          BinaryCache cache = file(lying)) {
        var substituter = new Substituter(store, List.of(cache), trust(), 2, events::add);
        assertThat(substituter.substitute(List.of(sample.text()))).isEmpty();
        assertThat(store.allValid()).isEmpty();
        assertThat(substituter.reason(sample.text())).isPresent();
        boolean fits = size < Files.getFileStore(folder).getUsableSpace();
        assertThat(setAside(events)).as("what does not fit is no lie yet").hasSize(fits ? 1 : 0);
      }
    }
  }

  @Test
  void aDerivationThatIsNoneIsTheCachesFault() throws Exception {
    byte[] junk = "junk".getBytes(StandardCharsets.UTF_8);
    Hash hash = Hash.of(HashAlgorithm.SHA256, junk);
    StorePath path = StoreDirectory.NIX.textPath("junk.drv", hash, List.of());
    Path file = Files.write(folder.resolve("junk"), junk);
    ByteArrayOutputStream nar = new ByteArrayOutputStream();
    Nar.write(file, nar);
    NarInfo narInfo =
        new NarInfo(
            PathInfo.of(
                path,
                Nar.hash(file),
                List.of(),
                PathInfo.Origin.addressed(new ContentAddress.Text(hash), 0)),
            new NarFile("nar/junk.nar", "none", Optional.empty(), OptionalLong.empty()),
            Optional.empty());
    List<CacheEvent> events = Collections.synchronizedList(new ArrayList<>());
    try (LocalStore store = LocalStore.open(folder.resolve("no-derivation"));
        BinaryCache cache = file(good)) {
      cache.write("nar/junk.nar", nar.toByteArray());
      cache.write(NarInfo.fileOf(path), narInfo.toBytes());
      var substituter = new Substituter(store, List.of(cache), trust(), 2, events::add);
      assertThat(substituter.substitute(List.of(path, sample.text()))).isEmpty();
      assertThat(store.allValid()).isEmpty();
      assertThat(store.objects().toFile().list())
          .filteredOn(each -> !each.startsWith("."))
          .isEmpty();
      assertThat(setAside(events)).hasSize(1);
    }
  }

  @Test
  void whatNobodyTrustedSignedIsRefusedAndTheKeysAreNamed() throws Exception {
    SigningKey other = SigningKey.generate("other-1");
    Path home = folder.resolve("untrusting");
    List<CacheEvent> events = Collections.synchronizedList(new ArrayList<>());
    try (LocalStore store = LocalStore.open(home);
        BinaryCache cache = file(good)) {
      var substituter =
          new Substituter(
              store,
              List.of(cache),
              new Trust(new TrustedKeys(List.of(other.verificationKey()))),
              2,
              events::add);

      assertThat(substituter.substitute(List.of(sample.output(), sample.text())))
          .as("a text follows from its contents")
          .containsExactly(sample.text());
      var problem =
          new CacheProblem.Untrusted(
              cache.location(), sample.output(), List.of("test-1"), List.of("other-1"));
      assertThat(substituter.reason(sample.output())).hasValue(problem);
      assertThat(events).contains(new CacheEvent.Distrusted(cache.location(), problem));
      assertThat(problem.message())
          .isEqualTo(
              "'%s' in cache '%s' is signed by 'test-1' (trusted: only 'other-1'): if you trust that key, give its public half with --trusted-key 'test-1:...'"
                  .formatted(sample.output(), cache.location()));
    }
  }
}
