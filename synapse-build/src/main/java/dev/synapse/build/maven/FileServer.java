package dev.synapse.build.maven;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// HTTP/1.1 as far as a Maven client of one machine needs it: GET and HEAD, persistent connections,
/// a length on every body. On a loopback address or a Unix domain socket, which the JDK's own
/// server does not serve.
///
/// Not handled, and refused: bodies in requests, transfer encodings, upgrades. One virtual thread
/// for each connection; a connection ends when its client ends it, errs, or the server closes.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112, HTTP/1.1</a>
final class FileServer implements Closeable {
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_LINE = 8192;
  private static final int MOST_HEADERS = 100;
  private static final int REQUEST_PARTS = 3;

  private final ServerSocketChannel server;
  private final SocketAddress address;
  private final Function<String, Reply> replies;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private FileServer(ServerSocketChannel server, Function<String, Reply> replies)
      throws IOException {
    this.server = server;
    this.address = server.getLocalAddress();
    this.replies = replies;
  }

  /// Serves until closed.
  ///
  /// @param address a loopback address (port 0: any free one), or a Unix domain socket, whose file
  ///   must not exist
  /// @param replies from the decoded path, without the leading slash; called by many threads at
  ///   once
  /// @throws IOException naming the address
  static FileServer start(SocketAddress address, Function<String, Reply> replies)
      throws IOException {
    ServerSocketChannel server =
        switch (address) {
          case UnixDomainSocketAddress _ -> ServerSocketChannel.open(StandardProtocolFamily.UNIX);
          case InetSocketAddress inet when isLoopback(inet) -> ServerSocketChannel.open();
          default ->
              throw new IllegalArgumentException(
                  "'" + address + "' is neither a loopback address nor a Unix socket");
        };
    try {
      server.bind(address);
      FileServer started = new FileServer(server, replies);
      started.threads.execute(started::accept);
      return started;
    } catch (IOException e) {
      server.close();
      throw new IOException("can't listen on '%s': %s".formatted(address, e.getMessage()), e);
    }
  }

  /// Where it listens, with the port that was chosen.
  SocketAddress address() {
    return address;
  }

  /// Ends every connection, waits for what is being answered, and removes the socket's file.
  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel channel : open) {
      channel.close();
    }
    threads.close();
    if (address instanceof UnixDomainSocketAddress unix) {
      Files.deleteIfExists(unix.getPath());
    }
  }

  private static boolean isLoopback(InetSocketAddress address) {
    return !address.isUnresolved() && address.getAddress().isLoopbackAddress();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        open.add(channel);
        if (!server.isOpen()) {
          channel.close();
        }
        threads.execute(() -> serve(channel));
      } catch (IOException e) {
        // Closed, or the client was gone already: the loop's condition tells which.
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel;
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
        OutputStream out = Channels.newOutputStream(channel)) {
      while (answer(in, out)) {
        // The next request of the same connection.
      }
    } catch (IOException e) {
      // The client went away in the middle; what it did not get, it asks for again.
    } finally {
      open.remove(channel);
    }
  }

  /// Answers one request; false when the connection is at its end.
  private boolean answer(InputStream in, OutputStream out) throws IOException {
    String line = readLine(in);
    if (line.isEmpty()) {
      return false;
    }
    String[] request = line.split(" ", -1);
    Optional<Headers> headers = Headers.read(in);
    if (request.length != REQUEST_PARTS || headers.isEmpty() || headers.get().hasBody()) {
      send(out, new Reply.Text(Reply.Status.BAD_REQUEST, "request not understood"), true, false);
      return false;
    }
    boolean keep = headers.get().keepsConnection(request[2]);
    boolean head = request[0].equals("HEAD");
    if (!head && !request[0].equals("GET")) {
      send(
          out,
          new Reply.Text(Reply.Status.METHOD_NOT_ALLOWED, "only GET and HEAD are answered"),
          true,
          false);
      return false;
    }
    send(out, reply(request[1]), !head, keep);
    return keep;
  }

  private Reply reply(String target) {
    if (!target.startsWith("/")) {
      return new Reply.Text(Reply.Status.BAD_REQUEST, "expected a path");
    }
    String path;
    try {
      path = URLDecoder.decode(target.substring(1).replace("+", "%2B"), UTF_8);
    } catch (IllegalArgumentException e) {
      return new Reply.Text(Reply.Status.BAD_REQUEST, "malformed path");
    }
    return replies.apply(path);
  }

  /// Not `transferTo`: from a file to a socket that is full it tries again and again without ever
  /// letting go of its carrier (JDK 25), and two such threads on two processors stop all others.
  private static void copy(InputStream content, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
      out.write(buffer, 0, read);
    }
  }

  private static void send(OutputStream out, Reply reply, boolean body, boolean keep)
      throws IOException {
    switch (reply) {
      case Reply.Content(var file, var size, var sha1) -> {
        try (InputStream content = Files.newInputStream(file)) {
          out.write(
              head(Reply.Status.OK, size, keep, "x-checksum-sha1: " + sha1.toHex() + "\r\n")
                  .getBytes(ISO_8859_1));
          if (body) {
            copy(content, out);
          }
        }
      }
      case Reply.Text(var status, var text) -> {
        byte[] bytes = (text + "\n").getBytes(UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head(status, bytes.length, keep, "").getBytes(ISO_8859_1));
        if (body) {
          all.writeBytes(bytes);
        }
        out.write(all.toByteArray());
      }
    }
  }

  private static String head(Reply.Status status, long length, boolean keep, String more) {
    return "HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: %s\r\n%s\r\n"
        .formatted(status, length, keep ? "keep-alive" : "close", more);
  }

  /// A line without its end; empty at the end of the stream.
  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() == LONGEST_LINE) {
        throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
      }
      line.write(next);
    }
    String text = line.toString(ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /// What matters here of a request's header fields.
  private record Headers(boolean hasBody, String connection) {
    /// Empty when there are too many.
    static Optional<Headers> read(InputStream in) throws IOException {
      boolean hasBody = false;
      String connection = "";
      for (int count = 0; count < MOST_HEADERS; count++) {
        String line = readLine(in).toLowerCase(Locale.ROOT);
        if (line.isEmpty()) {
          return Optional.of(new Headers(hasBody, connection));
        }
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : line.substring(0, colon);
        String value = line.substring(colon + 1).strip();
        hasBody |= name.equals("transfer-encoding");
        hasBody |= name.equals("content-length") && !value.equals("0");
        connection = name.equals("connection") ? value : connection;
      }
      return Optional.empty();
    }

    boolean keepsConnection(String version) {
      return version.equals("HTTP/1.1")
          ? !connection.contains("close")
          : connection.contains("keep-alive");
    }
  }
}
