package dev.synapse.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class LoopbackBridgeTest {
  private static final int LARGE = 3_000_000;
  private static final Path JDK = Path.of(System.getProperty("java.home"));
  private static final Path JDK_INSIDE = Path.of("/jdk");

  /// Fetches over HTTP with what every JDK has.
  private static final String FETCH =
      """
      void main(String[] arguments) throws Exception {
        try (var in = java.net.URI.create(arguments[0]).toURL().openStream()) {
          System.out.println("fetched " + in.readAllBytes().length);
        }
      }
      """;

  @Test
  void letsAProcessReachTheOnePortAndNoOther(@TempDir Path home) throws Exception {
    var room = new Room(home);
    Files.writeString(room.build.resolve("Fetch.java"), FETCH);
    try (ServerSocket served = serve();
        ServerSocket other = serve();
        var bridge =
            LoopbackBridge.to(
                new InetSocketAddress(served.getInetAddress(), served.getLocalPort()))) {
      String urls =
          "http://127.0.0.1:%d/ http://127.0.0.1:%d/"
              .formatted(bridge.port(), other.getLocalPort());
      String script = "for url in " + urls + "; do /jdk/bin/java Fetch.java $url; done; exit 9";
      Sandbox sandbox =
          bridge.into(
              room.shell(script).withMounts(List.of(new Mount.ReadOnly(JDK, JDK_INSIDE))),
              JDK_INSIDE.resolve("bin/java"));

      Room.Result result = room.run(sandbox, Limits.NONE);

      assertThat(result.output())
          .contains("fetched " + LARGE)
          .contains("ConnectException")
          .containsOnlyOnce("fetched");
      assertThat(result.outcome()).isEqualTo(new Outcome.Exited(9));
    }
  }

  @Test
  void saysSoWhenItDoesNotStart(@TempDir Path home) throws Exception {
    var room = new Room(home);
    try (var bridge =
        LoopbackBridge.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))) {
      Sandbox sandbox = bridge.into(room.shell("echo started"), Path.of("/no/java"));

      Room.Result result = room.run(sandbox, Limits.NONE);

      assertThat(result.output())
          .contains("error: the bridge to port 1 did not start")
          .doesNotContain("\nstarted\n");
      assertThat(result.outcome()).isEqualTo(new Outcome.Exited(125));
    }
  }

  /// Answers every request with [#LARGE] bytes.
  private static ServerSocket serve() throws IOException {
    var server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try (var connection = server.accept()) {
                  var request =
                      new BufferedReader(
                          new InputStreamReader(connection.getInputStream(), US_ASCII));
                  while (!request.readLine().isEmpty()) {
                    // the headers do not matter
                  }
                  var head =
                      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "
                          + LARGE
                          + "\r\n\r\n";
                  connection.getOutputStream().write(head.getBytes(US_ASCII));
                  connection.getOutputStream().write(new byte[LARGE]);
                } catch (IOException _) {
                  // closed, or the client went away
                }
              }
            });
    return server;
  }
}
