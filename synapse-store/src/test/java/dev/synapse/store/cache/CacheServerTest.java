package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the server answers.
final class CacheServerTest {
  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void deleteStores() throws Exception {
    client.close();
    Trees.delete(folder.resolve("ours"));
    assertThat(failures).isEmpty();
  }

  private HttpResponse<byte[]> ask(
      CacheServer server, String method, String file, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + file))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> get(CacheServer server, String file, String... headers)
      throws Exception {
    return ask(server, "GET", file, headers);
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private CacheServer.Options plain() {
    return CacheServer.Options.loopback(0).withCompression(Compression.NONE);
  }

  @Test
  void aStoreIsServedAsACache() throws Exception {
    SigningKey key = SigningKey.generate("server-1");
    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        CacheServer server = CacheServer.of(store, plain().withKeys(List.of(key)), failures::add)) {
      Sample sample = Sample.fill(store, folder);
      assertThat(text(get(server, "nix-cache-info")))
          .isEqualTo("StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n");
      HttpResponse<byte[]> answer = get(server, NarInfo.fileOf(sample.output()));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/x-nix-narinfo");
      NarInfo narInfo = NarInfo.parse(answer.body());
      assertThat(narInfo.path()).isEqualTo(sample.output());
      assertThat(narInfo.info().references()).isEqualTo(store.references(sample.output()));
      assertThat(narInfo.info().signatures())
          .containsExactly(key.sign(narInfo.fingerprint()).toString());
      ByteArrayOutputStream nar = new ByteArrayOutputStream();
      Nar.write(store.physical(sample.output()), nar);
      assertThat(get(server, narInfo.file().url()).body()).isEqualTo(nar.toByteArray());
      HttpResponse<byte[]> head = ask(server, "HEAD", narInfo.file().url());
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(nar.size());
      assertThat(head.body()).isEmpty();
    }
  }

  @Test
  void whatIsNotThereIs404() throws Exception {
    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        CacheServer server = CacheServer.of(store, plain(), failures::add)) {
      Sample sample = Sample.fill(store, folder);
      String digest = sample.text().digest();
      for (String file :
          List.of(
              "0".repeat(32) + ".narinfo",
              "x.narinfo",
              digest.substring(1) + ".narinfo",
              "nar/" + digest + "-" + "0".repeat(52) + ".nar",
              "nar/x",
              "nar/" + digest + ".nar",
              "log/" + sample.text().baseName(),
              "log/x",
              "nix/store",
              "..%2f..%2fetc/passwd",
              "nar/%2e%2e/x",
              "favicon.ico")) {
        assertThat(get(server, file).statusCode()).as(file).isEqualTo(404);
      }
    }
  }

  @Test
  void aFolderShowsNothingButItsCache() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache/nar"));
    Files.writeString(folder.resolve("cache/secret.txt"), "secret");
    Files.writeString(folder.resolve("cache/.partial-1"), "secret");
    Files.writeString(folder.resolve("secret.narinfo"), "secret");
    Files.createSymbolicLink(
        folder.resolve("cache/link.narinfo"), folder.resolve("secret.narinfo"));
    Files.createSymbolicLink(cache.resolve("link"), folder.resolve("secret.narinfo"));
    Files.writeString(cache.resolve("x.nar"), "nar");
    try (CacheServer server = CacheServer.of(folder.resolve("cache"), plain(), failures::add)) {
      for (String file :
          List.of(
              "secret.txt",
              ".partial-1",
              "link.narinfo",
              "nar/link",
              "nar",
              "nar/",
              "nar/../secret.txt",
              "nar/..%2fsecret.txt",
              "nar/%2e%2e/secret.txt",
              "../secret.narinfo")) {
        assertThat(get(server, file).statusCode()).as(file).isEqualTo(404);
      }
      assertThat(text(get(server, "nar/x.nar"))).isEqualTo("nar");
    }
  }

  @Test
  void rangesAreParts() throws Exception {
    try (LocalStore store = LocalStore.open(folder.resolve("ours"))) {
      Sample sample = Sample.fill(store, folder);
      Path cache = folder.resolve("cache");
      try (BinaryCache filled = new BinaryCaches(CacheSettings.DEFAULT).open("file://" + cache)) {
        new CachePush(store, filled, CachePush.Options.of(Compression.NONE, List.of(), 1), _ -> {})
            .push(List.of(sample.output()));
      }
      try (CacheServer ofStore = CacheServer.of(store, plain(), failures::add);
          CacheServer ofFolder = CacheServer.of(cache, plain(), failures::add)) {
        checkRanges(ofStore, sample.output());
        checkRanges(ofFolder, sample.output());
      }
    }
  }

  private void checkRanges(CacheServer server, StorePath path) throws Exception {
    String url = NarInfo.parse(get(server, NarInfo.fileOf(path)).body()).file().url();
    HttpResponse<byte[]> whole = get(server, url);
    byte[] all = whole.body();
    assertThat(whole.headers().firstValue("Accept-Ranges")).hasValue("bytes");
    String tag = whole.headers().firstValue("ETag").orElseThrow();
    int size = all.length;
    record Case(String range, int from, int to) {}
    for (Case each :
        List.of(
            new Case("bytes=0-0", 0, 1),
            new Case("bytes=5-99", 5, 100),
            new Case("bytes=100000-2000000", 100_000, 2_000_001),
            new Case("bytes=" + (size - 7) + "-", size - 7, size),
            new Case("bytes=-9", size - 9, size),
            new Case("bytes=-" + (size + 100), 0, size),
            new Case("bytes=10-" + (size + 100), 10, size))) {
      HttpResponse<byte[]> part = get(server, url, "Range", each.range(), "If-Range", tag);
      assertThat(part.statusCode()).as(each.range()).isEqualTo(206);
      assertThat(part.body())
          .as(each.range())
          .isEqualTo(Arrays.copyOfRange(all, each.from(), each.to()));
      assertThat(part.headers().firstValue("Content-Range"))
          .hasValue("bytes %d-%d/%d".formatted(each.from(), each.to() - 1, size));
    }
    HttpResponse<byte[]> beyond = get(server, url, "Range", "bytes=" + size + "-");
    assertThat(beyond.statusCode()).isEqualTo(416);
    assertThat(beyond.headers().firstValue("Content-Range")).hasValue("bytes */" + size);
    for (String ignored : List.of("bytes=1-2,4-5", "bytes=-", "lines=1-2", "bytes=9-2")) {
      assertThat(get(server, url, "Range", ignored).body()).as(ignored).hasSize(size);
    }
    assertThat(get(server, url, "Range", "bytes=0-1", "If-Range", "\"other\"").body())
        .hasSize(size);
  }

  @Test
  void logsAreShown() throws Exception {
    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        CacheServer server = CacheServer.of(store, plain(), failures::add)) {
      StorePath drv = new StorePath("1".repeat(32), "x.drv");
      try (OutputStream log = store.logs().writer(drv)) {
        log.write("built\n".repeat(100_000).getBytes(StandardCharsets.UTF_8));
      }
      assertThat(text(get(server, "log/" + drv.baseName()))).isEqualTo("built\n".repeat(100_000));
    }
  }

  @Test
  void nothingIsWrittenWithoutAToken() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    try (CacheServer server = CacheServer.of(cache, plain(), failures::add)) {
      assertThat(ask(server, "PUT", "log/x").statusCode()).isEqualTo(405);
      assertThat(ask(server, "DELETE", "log/x").statusCode()).isEqualTo(405);
      assertThat(ask(server, "POST", "").statusCode()).isEqualTo(405);
    }
    try (CacheServer server = CacheServer.of(cache, plain().withToken("secret"), failures::add)) {
      for (String header :
          List.of("Bearer", "Bearer ", "Bearer wrong", "Basic !", "Basic eDp3cm9uZw==")) {
        assertThat(ask(server, "PUT", "log/x", "Authorization", header).statusCode())
            .as(header)
            .isEqualTo(401);
      }
      assertThat(ask(server, "PUT", "log/x").statusCode()).isEqualTo(401);
      assertThat(cache).isEmptyDirectory();
      assertThat(ask(server, "PUT", "log/x", "Authorization", "Bearer secret").statusCode())
          .isEqualTo(201);
      assertThat(ask(server, "PUT", "log/y", "Authorization", "Basic eDpzZWNyZXQ=").statusCode())
          .isEqualTo(201);
    }
    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        CacheServer server = CacheServer.of(store, plain().withToken("secret"), failures::add)) {
      assertThat(ask(server, "PUT", "log/x", "Authorization", "Bearer secret").statusCode())
          .isEqualTo(400);
    }
    assertThatThrownBy(() -> plain().withToken(" ")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPageOfAFolderNamesWhoSignedAndIsEmptyForAnEmptyOne() throws Exception {
    SigningKey key = SigningKey.generate("somebody-1");
    Path cache = Files.createDirectories(folder.resolve("cache"));
    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        BinaryCache filled = new BinaryCaches(CacheSettings.DEFAULT).open("file://" + cache);
        CacheServer server = CacheServer.of(cache, plain().withToken("secret"), failures::add)) {
      assertThat(text(get(server, ""))).contains("Nothing yet.", "<dd>0</dd>", "--token-file");
      Sample sample = Sample.fill(store, folder);
      new CachePush(store, filled, CachePush.Options.signedBy(List.of(key)), _ -> {})
          .push(List.of(sample.output()));
      assertThat(text(get(server, "")))
          .contains("Signed by somebody-1")
          .contains(sample.output().toString());
    }
  }

  @Test
  void aPageForPeopleSaysWhatToType() throws Exception {
    SigningKey key = SigningKey.generate("server-1");
    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        CacheServer server = CacheServer.of(store, plain().withKeys(List.of(key)), failures::add)) {
      Sample sample = Sample.fill(store, folder);
      HttpResponse<byte[]> page = get(server, "");
      assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
      assertThat(text(page))
          .contains("<dd>3</dd>")
          .contains("synapse build --substituter http://127.0.0.1:" + server.address().getPort())
          .contains("synapse cache pull http://127.0.0.1:" + server.address().getPort())
          .contains("\nextra-trusted-public-keys = " + key.verificationKey())
          .contains("<a href=\"" + NarInfo.fileOf(sample.output()) + "\">")
          .contains(sample.text().toString())
          .doesNotContain("<script")
          .doesNotContain("src=");
      assertThat(ask(server, "HEAD", "").body()).isEmpty();
    }
    assertThat(CachePage.size(999)).isEqualTo("999 B");
    assertThat(CachePage.size(1_500)).isEqualTo("1.5 kB");
    assertThat(CachePage.size(316_000_000)).isEqualTo("316 MB");
    assertThat(CachePage.isHost("host\"><script>")).isFalse();
    assertThat(CachePage.isHost("[::1]:80")).isTrue();
  }

  private HttpResponse<byte[]> put(CacheServer server, String file, String contents)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.address().getPort() + "/" + file))
            .header("Authorization", "Bearer secret")
            .PUT(HttpRequest.BodyPublishers.ofString(contents))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void anUploadThatWouldNotFitIsRefusedWithTheReason() throws Exception {
    Path full = folder.resolve("full");
    Path cache = Files.createDirectories(folder.resolve("cache"));
    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        BinaryCache filled = new BinaryCaches(CacheSettings.DEFAULT).open("file://" + full);
        CacheServer server = CacheServer.of(cache, plain().withToken("secret"), failures::add)) {
      Sample sample = Sample.fill(store, folder);
      new CachePush(store, filled, CachePush.Options.signedBy(List.of()), _ -> {})
          .push(List.of(sample.other()));
      String name = NarInfo.fileOf(sample.other());
      String narInfo = Files.readString(full.resolve(name));
      String url = NarInfo.parse(Files.readAllBytes(full.resolve(name))).file().url();

      assertThat(text(put(server, NarInfo.fileOf(sample.text()), narInfo)))
          .contains("is not taken: it speaks of '" + sample.other() + "'");
      assertThat(text(put(server, name, narInfo)))
          .contains("is not taken: its archive '" + url + "' is not here yet");
      Files.createDirectories(cache.resolve("nar"));
      Files.copy(full.resolve(url), cache.resolve(url));
      assertThat(text(put(server, name, narInfo)))
          .contains("is not taken: '" + sample.text() + "', which it refers to, is not here yet");
      HttpResponse<byte[]> info = put(server, "nix-cache-info", "StoreDir: /gnu/store\n");
      assertThat(info.statusCode()).isEqualTo(400);
      assertThat(text(info)).contains("'nix-cache-info' is not taken", "/nix/store");
      assertThat(put(server, "nar/%2e%2e/x", "x").statusCode()).isEqualTo(403);
      assertThat(cache.resolve("nix-cache-info")).doesNotExist();
      assertThat(cache.resolve(name)).doesNotExist();

      Files.copy(
          full.resolve(NarInfo.fileOf(sample.text())),
          cache.resolve(NarInfo.fileOf(sample.text())));
      assertThat(put(server, name, narInfo).statusCode()).isEqualTo(201);
      assertThat(cache.resolve(name)).hasContent(narInfo);
    }
  }

  @Test
  void whatCannotBeReadIsAProblemOfTheServerAndTold() throws Exception {
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
        .as("root may read everything")
        .isNotEqualTo(0);
    Path cache = Files.createDirectories(folder.resolve("cache"));
    Path file = Files.writeString(cache.resolve("0wvlnb4nc811zs3s431mab52m1gzynh7.narinfo"), "x");
    Files.setPosixFilePermissions(file, Set.of());
    try (CacheServer server = CacheServer.of(cache, plain(), failures::add)) {
      HttpResponse<byte[]> answer = get(server, file.getFileName().toString());
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(text(answer)).isEqualTo("this server has a problem\n");
      assertThat(failures)
          .singleElement()
          .isInstanceOfSatisfying(
              AccessDeniedException.class, e -> assertThat(e).hasMessage(file.toString()));
    }
    failures.clear();
  }

  @Test
  void aPageSaysTheAddressThatTheClientUsesAndLeavesOutWhatIsDamaged() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    Files.writeString(cache.resolve("0wvlnb4nc811zs3s431mab52m1gzynh7.narinfo"), "nonsense");
    try (CacheServer server = CacheServer.of(cache, plain(), failures::add)) {
      String address = "//127.0.0.1:" + server.address().getPort();
      assertThat(text(get(server, "", "X-Forwarded-Proto", "https")))
          .contains("--substituter https:" + address)
          .contains("<dd>1</dd>")
          .contains("Nothing yet.");
      assertThat(text(get(server, ""))).contains("--substituter http:" + address);
    }
  }
}
