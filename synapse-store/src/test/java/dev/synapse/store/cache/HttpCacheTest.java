package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A server of ours that takes uploads is a cache.
final class HttpCacheTest extends BinaryCacheContract {
  private static final String TOKEN = "secret";

  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private Optional<CacheServer> server = Optional.empty();

  @BeforeEach
  void start() throws Exception {
    Path place = Files.createDirectories(folder.resolve("cache"));
    server =
        Optional.of(
            CacheServer.of(place, CacheServer.Options.loopback(0).withToken(TOKEN), failures::add));
  }

  @AfterEach
  void stop() {
    server.orElseThrow().close();
    assertThat(failures).isEmpty();
  }

  private String location() {
    return "http://127.0.0.1:" + server.orElseThrow().address().getPort();
  }

  private BinaryCache with(String token) throws Exception {
    return new BinaryCaches(CacheSettings.DEFAULT.withScratch(folder).withToken(token))
        .open(location());
  }

  @Override
  BinaryCache open() throws Exception {
    return with(TOKEN);
  }

  @Test
  void uploadsNeedTheToken() throws Exception {
    try (BinaryCache cache = with("other")) {
      assertThatThrownBy(() -> cache.write("log/x", new byte[1]))
          .isInstanceOfSatisfying(
              CacheException.class,
              e ->
                  assertThat(e.problem())
                      .isEqualTo(new CacheProblem.Forbidden(location(), "log/x", 401)));
    }
    assertThat(folder.resolve("cache")).isEmptyDirectory();
  }

  @Test
  void uploadsAreWhatTheirNamesSay() throws Exception {
    try (BinaryCache cache = open()) {
      String hash = "0".repeat(52);
      assertThatThrownBy(() -> cache.write("nar/" + hash + ".nar", new byte[1]))
          .isInstanceOf(CacheException.class);
      assertThatThrownBy(() -> cache.write("0wvlnb4nc811zs3s431mab52m1gzynh7.narinfo", new byte[1]))
          .isInstanceOf(CacheException.class);
      assertThatThrownBy(() -> cache.write("index.html", new byte[1]))
          .isInstanceOf(CacheException.class);
    }
    assertThat(folder.resolve("cache")).isEmptyDirectory();
  }

  @Test
  void whatIsNoLocationIsRefused() {
    BinaryCaches caches = new BinaryCaches(CacheSettings.DEFAULT);
    for (String bad :
        List.of(
            "",
            "/folder",
            "file://folder",
            "file:folder",
            "ftp://host/x",
            "http:///x",
            "file:///x?compression=xz",
            "http://[bad")) {
      assertThatThrownBy(() -> caches.open(bad).close())
          .as(bad)
          .isInstanceOfSatisfying(
              CacheException.class,
              e -> assertThat(e.problem()).isInstanceOf(CacheProblem.BadLocation.class));
    }
  }
}
