package dev.synapse.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/// A server on the loopback that gives the same answer, in ASCII, to every request.
final class OneAnswer implements AutoCloseable {
  private record Answer(String status, String body, int sent) {}

  private final ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  private final CountDownLatch given = new CountDownLatch(1);
  private volatile Answer answer = new Answer("404 Not Found", "", 0);

  OneAnswer() throws IOException {
    Thread.ofVirtual().start(this::serve);
  }

  String address() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  /// From now on answers `status`, for example `200 OK`, and `body`.
  void give(String status, String body) {
    answer = new Answer(status, body, body.length());
  }

  /// From now on announces `body` and stops after the first half, without closing the connection.
  void giveHalf(String body) {
    answer = new Answer("200 OK", body, body.length() / 2);
  }

  /// Waits until somebody has got an answer.
  void awaitGiven() throws InterruptedException {
    given.await();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> reply(client));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void reply(Socket client) {
    try (client) {
      var request =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      String line = request.readLine();
      while (line != null && !line.isEmpty()) {
        line = request.readLine();
      }
      Answer now = answer;
      String head =
          "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
              .formatted(now.status(), now.body().length());
      OutputStream out = client.getOutputStream();
      String sent = head + now.body().substring(0, now.sent());
      out.write(sent.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      given.countDown();
      if (now.sent() < now.body().length()) {
        request.readLine(); // until the client is gone
      }
    } catch (IOException _) {
      // the client is gone
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
