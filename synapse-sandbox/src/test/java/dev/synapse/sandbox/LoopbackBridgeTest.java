package dev.synapse.sandbox;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
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
        var runner = room.runner();
        var bridge = runner.bridge(addressOf(served))) {
      String urls =
          "http://127.0.0.1:%d/ http://127.0.0.1:%d/"
              .formatted(bridge.port(), other.getLocalPort());
      String script = "for url in " + urls + "; do /jdk/bin/java Fetch.java $url; done; exit 9";
      Sandbox sandbox =
          bridge.into(
              room.shell(script).withMounts(List.of(new Mount.ReadOnly(JDK, JDK_INSIDE))),
              JDK_INSIDE.resolve("bin/java"));

      Room.Result result = Room.run(runner, sandbox, Limits.NONE);

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
    try (var runner = room.runner();
        var bridge = runner.bridge(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))) {
      Sandbox sandbox = bridge.into(room.shell("echo started"), Path.of("/no/java"));

      Room.Result result = Room.run(runner, sandbox, Limits.NONE);

      assertThat(result.output())
          .contains("error: the bridge to port 1 did not start")
          .doesNotContain("\nstarted\n");
      assertThat(result.outcome()).isEqualTo(new Outcome.Exited(125));
    }
  }

  @Test
  void handsOnWhatIsSaidOnBothSides(@TempDir Path home) throws Exception {
    try (var served = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        var bridge =
            LoopbackBridge.open(Files.createDirectory(home.resolve("bridge")), addressOf(served));
        var near = SocketChannel.open(socketOf(bridge));
        var far = served.accept()) {
      near.write(ByteBuffer.wrap("question".getBytes(US_ASCII)));
      near.shutdownOutput();
      assertThat(far.getInputStream().readAllBytes()).asString(US_ASCII).isEqualTo("question");

      far.getOutputStream().write("answer".getBytes(US_ASCII));
      far.shutdownOutput();
      assertThat(Channels.newInputStream(near).readAllBytes())
          .asString(US_ASCII)
          .isEqualTo("answer");
    }
  }

  @Test
  void whatBreaksOnOneSideEndsOnTheOther(@TempDir Path home) throws Exception {
    try (var served = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        var bridge =
            LoopbackBridge.open(Files.createDirectory(home.resolve("bridge")), addressOf(served));
        var far = openAndLeave(bridge, served)) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  far.getOutputStream().write(new byte[LARGE]);
                }
              })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aPortThatNobodyServesEndsTheConnection(@TempDir Path home) throws Exception {
    try (var bridge =
            LoopbackBridge.open(
                Files.createDirectory(home.resolve("bridge")),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        var near = SocketChannel.open(socketOf(bridge))) {
      assertThat(near.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
  }

  /// The path of a socket may have 107 bytes.
  @Test
  void liesInTheScratchFolderAlsoWhereThatHasALongPath(@TempDir Path home) throws Exception {
    Path scratch = home.resolve("x".repeat(120));
    try (var runner = new SandboxRunner(Room.bubblewrap(), scratch)) {
      try (var _ = runner.bridge(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))) {
        assertThat(scratch).isDirectoryRecursivelyContaining("glob:**/socket");
      }
      assertThat(scratch).isEmptyDirectory();
    }
  }

  @Test
  void ofAKilledProgramIsRemovedByTheNext(@TempDir Path home) throws Exception {
    RunId here = RunId.next();
    var dead = new RunId(here.namespace(), here.owner(), here.ownerStart() + 1, 1);
    Path scratch = Files.createDirectory(home.resolve("scratch"));
    Files.createFile(Files.createDirectory(scratch.resolve(dead.toString())).resolve("socket"));
    Path living = Files.createDirectory(scratch.resolve(here.toString()));

    try (var _ = new SandboxRunner(Room.bubblewrap(), scratch);
        var left = Files.list(scratch)) {
      assertThat(left).containsExactly(living);
    }
  }

  private static Socket openAndLeave(LoopbackBridge bridge, ServerSocket served)
      throws IOException {
    try (var _ = SocketChannel.open(socketOf(bridge))) {
      return served.accept();
    }
  }

  private static InetSocketAddress addressOf(ServerSocket served) {
    return new InetSocketAddress(served.getInetAddress(), served.getLocalPort());
  }

  /// The socket that a room finds, where it lies outside of one.
  private static UnixDomainSocketAddress socketOf(LoopbackBridge bridge) throws IOException {
    Sandbox empty =
        new Sandbox(
            List.of(), Room.words("/bin/sh"), new TreeMap<>(), Path.of("/"), Identity.BUILDER);
    return bridge.into(empty, Path.of("/bin/java")).mounts().stream()
        .filter(Mount.ReadOnly.class::isInstance)
        .map(socket -> UnixDomainSocketAddress.of(((Mount.ReadOnly) socket).from()))
        .findFirst()
        .orElseThrow();
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
