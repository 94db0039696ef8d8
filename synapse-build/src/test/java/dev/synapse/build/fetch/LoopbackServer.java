package dev.synapse.build.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server that speaks just enough HTTP to misbehave exactly as a test wants.
public final class LoopbackServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Answer answer;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  /// One request.
  public record Asked(String path, Map<String, String> headers) {}

  /// Writes the whole answer, head and body, and may stop anywhere.
  @FunctionalInterface
  public interface Answer {
    void write(Asked request, OutputStream out) throws IOException, InterruptedException;
  }

  /// Starts to listen.
  public LoopbackServer(Answer answer) throws IOException {
    this.answer = answer;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /// The base address.
  public URI base() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
  }

  /// What was asked for so far.
  public List<Asked> asked() {
    return List.copyOf(asked);
  }

  /// A whole answer with a body.
  public static void reply(OutputStream out, String status, byte[] body, String... headers)
      throws IOException {
    head(out, status, body.length, headers);
    out.write(body);
    out.flush();
  }

  /// The head of an answer alone.
  public static void head(OutputStream out, String status, long length, String... headers)
      throws IOException {
    var text = new StringBuilder("HTTP/1.1 " + status + "\r\nConnection: close\r\n");
    text.append("Content-Length: ").append(length).append("\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    out.write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      var in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      String first = in.readLine();
      if (first == null) {
        return;
      }
      var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        headers.put(
            line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
      }
      var request = new Asked(first.split(" ", -1)[1], headers);
      asked.add(request);
      answer.write(request, connection.getOutputStream());
    } catch (IOException | InterruptedException _) {
      // the client went away, as some tests want it to
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
