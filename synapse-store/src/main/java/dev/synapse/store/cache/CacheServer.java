package dev.synapse.store.cache;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.signature.SigningKey;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Serves a store, or a folder that is a cache, over HTTP as Nix expects it: `nix-cache-info`,
/// narinfo, archives with ranges, logs, and a page for people at `/`.
///
/// Read-only, unless a folder is served with a token: whoever sends it may `PUT` files, which have
/// to be what their names say. Each request has a virtual thread.
public final class CacheServer implements AutoCloseable {
  static final String TEXT = "text/plain; charset=utf-8";
  static final String NARINFO = "text/x-nix-narinfo";
  static final String BINARY = "application/x-nix-archive";

  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int PARTIAL = 206;
  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int NOT_SATISFIABLE = 416;
  private static final int SERVER_ERROR = 500;
  private static final int NO_BODY = -1;
  private static final int UNKNOWN_LENGTH = 0;
  private static final OptionalLong EMPTY = OptionalLong.of(0);
  private static final int BACKLOG = 4096;
  private static final int BUFFER = 1 << 16;
  private static final int MOST_LISTED = 500;

  /// That of `cache.nixos.org`: before caches that name none.
  private static final int USUAL_PRIORITY = 40;

  private final ServedCache served;
  private final Options options;
  private final Consumer<Throwable> failures;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /// How to serve.
  ///
  /// @param address where to listen; port 0 takes a free one
  /// @param keys sign what a store is asked for, besides the signatures it has
  /// @param compression of the archives of a store
  /// @param token what allows uploads into a folder; nothing does without
  /// @param priority caches with lower numbers are asked first
  public record Options(
      InetSocketAddress address,
      List<SigningKey> keys,
      Compression compression,
      Optional<String> token,
      int priority) {
    /// Copies the list; refuses an empty token.
    public Options {
      keys = List.copyOf(keys);
      if (token.isPresent() && token.get().isBlank()) {
        throw new IllegalArgumentException("an empty token would let everyone in");
      }
    }

    /// Loopback, no keys, zstd, no uploads, priority 40.
    public static Options loopback(int port) {
      return new Options(
          new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), port),
          List.of(),
          Compression.ZSTD,
          Optional.empty(),
          USUAL_PRIORITY);
    }

    /// The same with keys.
    public Options withKeys(List<SigningKey> signing) {
      return new Options(address, signing, compression, token, priority);
    }

    /// The same with another compression.
    public Options withCompression(Compression method) {
      return new Options(address, keys, method, token, priority);
    }

    /// The same with a token.
    public Options withToken(String allowing) {
      return new Options(address, keys, compression, Optional.of(allowing), priority);
    }
  }

  private CacheServer(ServedCache served, Options options, Consumer<Throwable> failures)
      throws IOException {
    // The server reads these when its first class is loaded. Without the first every answer on a
    // kept connection waits 40 ms for an acknowledgement; the second closes all but 200 of them.
    System.getProperties().putIfAbsent("sun.net.httpserver.nodelay", "true");
    System.getProperties()
        .putIfAbsent("sun.net.httpserver.maxIdleConnections", Integer.toString(BACKLOG));
    this.served = served;
    this.options = options;
    this.failures = failures;
    this.server = HttpServer.create(options.address(), BACKLOG);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  /// Serves what is valid in a store, which stays open.
  ///
  /// @param failures is told of what goes wrong inside, by several threads
  public static CacheServer of(LocalStore store, Options options, Consumer<Throwable> failures)
      throws IOException {
    return new CacheServer(
        new StoreServed(store, options.compression(), options.keys(), options.priority()),
        options,
        failures);
  }

  /// Serves a folder as `nix copy --to file://…` or [CachePush] fills it.
  ///
  /// @param failures is told of what goes wrong inside, by several threads
  public static CacheServer of(Path folder, Options options, Consumer<Throwable> failures)
      throws IOException {
    return new CacheServer(
        new FolderServed(new FileCache(folder.toUri().toString(), folder)), options, failures);
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /// Ends at once; requests on their way are cut off.
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        answer(exchange);
      } catch (IOException e) {
        if (exchange.getResponseCode() >= 0) {
          throw e; // mostly a client that went away
        }
        failures.accept(e);
        say(exchange, SERVER_ERROR, "this server has a problem\n");
      } catch (RuntimeException | Error e) {
        failures.accept(e);
        throw e;
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    String path = exchange.getRequestURI().getRawPath();
    String file = path == null || path.isEmpty() ? "" : path.substring(1);
    switch (exchange.getRequestMethod()) {
      case "GET", "HEAD" -> {
        if (file.isEmpty()) {
          page(exchange);
        } else {
          get(exchange, file);
        }
      }
      case "PUT" -> put(exchange, file);
      default -> {
        exchange
            .getResponseHeaders()
            .set("Allow", options.token().isPresent() ? "GET, HEAD, PUT" : "GET, HEAD");
        say(exchange, METHOD_NOT_ALLOWED, "only GET and HEAD\n");
      }
    }
  }

  private void get(HttpExchange exchange, String file) throws IOException {
    Optional<Served> found = NarFile.isInside(file) ? served.find(file) : Optional.empty();
    if (found.isEmpty()) {
      say(exchange, NOT_FOUND, "not here\n");
      return;
    }
    Served answer = found.get();
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type());
    answer.tag().ifPresent(tag -> headers.set("ETag", "\"" + tag + "\""));
    if (answer.size().isPresent() && answer.tag().isPresent()) {
      headers.set("Accept-Ranges", "bytes");
    }
    send(exchange, answer);
  }

  private static void send(HttpExchange exchange, Served answer) throws IOException {
    OptionalLong size = answer.size();
    Headers headers = exchange.getResponseHeaders();
    Optional<ByteRange> part = part(exchange, answer);
    if (part.isPresent() && part.get().isEmpty()) {
      headers.set("Content-Range", "bytes */" + size.orElseThrow());
      exchange.sendResponseHeaders(NOT_SATISFIABLE, NO_BODY);
      return;
    }
    part.ifPresent(each -> headers.set("Content-Range", each.contentRange(size.orElseThrow())));
    int status = part.isPresent() ? PARTIAL : OK;
    OptionalLong length = part.isPresent() ? OptionalLong.of(part.get().length()) : size;
    if (isHead(exchange)) {
      length.ifPresent(bytes -> headers.set("Content-Length", Long.toString(bytes)));
      exchange.sendResponseHeaders(status, NO_BODY);
    } else if (length.equals(EMPTY)) {
      exchange.sendResponseHeaders(status, NO_BODY);
    } else {
      exchange.sendResponseHeaders(status, length.orElse(UNKNOWN_LENGTH));
      write(exchange, answer, part);
    }
  }

  private static boolean isHead(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("HEAD");
  }

  /// The part that is asked for, of what has a size and a tag.
  private static Optional<ByteRange> part(HttpExchange exchange, Served answer) {
    return answer.size().isPresent() && mayHavePart(exchange, answer)
        ? ByteRange.parse(exchange.getRequestHeaders().getFirst("Range"), answer.size().getAsLong())
        : Optional.empty();
  }

  private static boolean mayHavePart(HttpExchange exchange, Served answer) {
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    return answer
        .tag()
        .filter(tag -> condition == null || condition.equals("\"" + tag + "\""))
        .isPresent();
  }

  private static void write(HttpExchange exchange, Served answer, Optional<ByteRange> part)
      throws IOException {
    if (part.isEmpty()) {
      // A buffer for what is small anyhow would be most of the work for a narinfo.
      boolean small = answer.size().isPresent() && answer.size().getAsLong() < BUFFER;
      OutputStream out =
          small
              ? exchange.getResponseBody()
              : new BufferedOutputStream(exchange.getResponseBody(), BUFFER);
      answer.body().writeTo(out);
      out.close(); // not after a failure: then the client must see that the end is missing
      return;
    }
    OutputStream out = exchange.getResponseBody();
    try {
      answer.body().writeTo(new SliceStream(out, part.get().first(), part.get().length()));
    } catch (SliceStream.Done _) {
      out.close();
    }
  }

  private void put(HttpExchange exchange, String file) throws IOException {
    if (options.token().isEmpty()) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      say(exchange, METHOD_NOT_ALLOWED, "this cache is read-only\n");
      return;
    }
    if (!isAllowed(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.getResponseHeaders().add("WWW-Authenticate", "Bearer");
      exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"cache\"");
      say(exchange, UNAUTHORIZED, "uploads need the token\n");
      return;
    }
    if (!NarFile.isInside(file)) {
      say(exchange, FORBIDDEN, "there is no such place\n");
      return;
    }
    Optional<String> refused = served.take(file, exchange.getRequestBody());
    if (refused.isPresent()) {
      say(exchange, BAD_REQUEST, "'%s' is not taken: %s\n".formatted(file, refused.get()));
    } else {
      exchange.sendResponseHeaders(CREATED, NO_BODY);
    }
  }

  /// A bearer token, or the token as the password of anybody, for clients that know nothing else.
  private boolean isAllowed(@Nullable String authorization) {
    String given = authorization == null ? "" : authorization;
    String token = "";
    if (given.startsWith("Bearer ")) {
      token = given.substring("Bearer ".length()).strip();
    } else if (given.startsWith("Basic ")) {
      try {
        byte[] decoded = Base64.getDecoder().decode(given.substring("Basic ".length()).strip());
        String pair = new String(decoded, StandardCharsets.UTF_8);
        token = pair.substring(pair.indexOf(':') + 1);
      } catch (IllegalArgumentException _) {
        return false;
      }
    }
    return MessageDigest.isEqual(
        token.getBytes(StandardCharsets.UTF_8),
        options.token().orElseThrow().getBytes(StandardCharsets.UTF_8));
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", TEXT);
    send(exchange, status, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    boolean head = isHead(exchange);
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    }
    exchange.sendResponseHeaders(status, head ? NO_BODY : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
  }

  /// What stands before this server and speaks HTTPS says so.
  private static String scheme(HttpExchange exchange) {
    return "https".equals(exchange.getRequestHeaders().getFirst("X-Forwarded-Proto"))
        ? "https"
        : "http";
  }

  private void page(HttpExchange exchange) throws IOException {
    String host = exchange.getRequestHeaders().getFirst("Host");
    URI address =
        URI.create("http://%s:%d".formatted(address().getHostString(), address().getPort()));
    CachePage page =
        new CachePage(
            CachePage.isHost(host) ? scheme(exchange) + "://" + host : address.toString(),
            served.contents(MOST_LISTED),
            options.keys().stream().map(SigningKey::verificationKey).toList(),
            options.token().isPresent());
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange
        .getResponseHeaders()
        .set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    send(exchange, OK, page.html().getBytes(StandardCharsets.UTF_8));
  }
}
