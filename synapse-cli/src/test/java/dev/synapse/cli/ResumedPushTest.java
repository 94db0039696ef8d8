package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.synapse.store.local.LocalStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A push that dies in the middle of an upload, and the one after it.
@Tag("slow")
final class ResumedPushTest {
  private static final int PATHS = 10;
  private static final int ANNOUNCED_BEFORE_IT_DIES = 4;

  @TempDir private Path home;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final List<String> uploads = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch midway = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicBoolean holding = new AtomicBoolean(true);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void stop() {
    end.countDown();
    server.stop(0);
  }

  /// A folder behind a web server, that never answers one upload.
  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String file = exchange.getRequestURI().getPath().substring(1);
      switch (exchange.getRequestMethod()) {
        case "PUT" -> take(exchange, file);
        case "HEAD" -> exchange.sendResponseHeaders(files.containsKey(file) ? 200 : 404, -1);
        default -> {
          byte[] found = files.get(file);
          exchange.sendResponseHeaders(
              found == null ? 404 : 200, found == null ? -1 : found.length);
          if (found != null) {
            exchange.getResponseBody().write(found);
          }
        }
      }
    }
  }

  private void take(HttpExchange exchange, String file) throws IOException {
    byte[] contents = exchange.getRequestBody().readAllBytes();
    if (holding.get() && file.startsWith("nar/") && announced() >= ANNOUNCED_BEFORE_IT_DIES) {
      midway.countDown();
      try {
        end.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      return;
    }
    files.put(file, contents);
    uploads.add(file);
    exchange.sendResponseHeaders(201, -1);
  }

  private long announced() {
    return files.keySet().stream().filter(file -> file.endsWith(".narinfo")).count();
  }

  @Test
  void aPushThatWasKilledUploadsOnlyWhatIsMissing() throws Exception {
    List<String> command = new ArrayList<>(List.of("cache", "push"));
    command.add("http://127.0.0.1:" + server.getAddress().getPort());
    command.addAll(List.of("--jobs", "1"));
    try (LocalStore store = LocalStore.open(home.resolve("store"))) {
      for (int number = 0; number < PATHS; number++) {
        byte[] text = ("text " + number).getBytes(StandardCharsets.UTF_8);
        command.add(store.addText(text, "text-" + number, Set.of()).toString());
      }
    }
    Program program = Program.of(home).with("SYNAPSE_HOME", home.resolve("store").toString());
    String[] push = command.toArray(String[]::new);

    Program.Running killed = program.start(push);
    midway.await();
    assertThat(killed.process().destroyForcibly().waitFor()).isNotZero();
    assertThat(announced()).isBetween((long) ANNOUNCED_BEFORE_IT_DIES, PATHS - 1L);
    Set<String> before = new TreeSet<>(files.keySet());
    uploads.clear();
    holding.set(false);
    Program.Result rest = program.run(push);

    assertThat(rest.status()).as(rest.err()).isZero();
    Set<String> missing = new TreeSet<>(files.keySet());
    missing.removeAll(before);
    assertThat(uploads).as("each once, and nothing that was there").hasSameElementsAs(missing);
    assertThat(uploads).doesNotHaveDuplicates().hasSize(missing.size());
    assertThat(announced()).isEqualTo(PATHS);
    assertThat(files.keySet().stream().filter(file -> file.startsWith("nar/"))).hasSize(PATHS);
  }
}
