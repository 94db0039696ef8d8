package dev.synapse.store.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// A cache behind a web server: `GET`, `HEAD` and, to write, `PUT` as `nix copy --to http://…` uses
/// them.
///
/// Requests that got no answer, or one of a server in trouble (5xx, 408, 429), are tried again;
/// silence is not, for it took long already. 403 and 410 mean "not there", as in Nix: some hosts
/// answer so for files that do not exist.
final class HttpCache implements BinaryCache {
  private static final int OK = 200;
  private static final int REDIRECTS = 300;
  private static final int CLIENT_ERRORS = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int GONE = 410;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERRORS = 500;

  private final String location;
  private final String base;
  private final HttpClient client;
  private final CacheSettings settings;
  private final StallWatch watch;

  HttpCache(String location, HttpClient client, CacheSettings settings) {
    this.location = location;
    this.base = location.endsWith("/") ? location : location + "/";
    this.client = client;
    this.settings = settings;
    this.watch = new StallWatch(settings.stall());
  }

  @Override
  public String location() {
    return location;
  }

  private HttpRequest.Builder request(String file) {
    if (!NarFile.isInside(file)) {
      throw new IllegalArgumentException("'" + file + "' leads out of the cache");
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + file));
    settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  private interface Attempt<T> {
    HttpResponse<T> send() throws IOException, InterruptedException;
  }

  private <T> HttpResponse<T> trying(String file, Attempt<T> attempt) throws IOException {
    Duration pause = settings.pause();
    for (int number = 1; ; number++) {
      boolean last = number >= settings.tries();
      try {
        HttpResponse<T> response = once(file, attempt);
        if (last || !isInTrouble(response.statusCode())) {
          return response;
        }
        discard(response);
      } catch (CacheException | InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        if (last) {
          throw unreachable(e);
        }
      }
      sleep(file, pause);
      pause = pause.multipliedBy(2);
    }
  }

  /// @throws IOException a [CacheException] or an [InterruptedIOException] where another attempt
  ///   would not help
  private <T> HttpResponse<T> once(String file, Attempt<T> attempt) throws IOException {
    try {
      return attempt.send();
    } catch (HttpConnectTimeoutException e) {
      throw new CacheException(
          new CacheProblem.Unreachable(
              location, "no connection within %d s".formatted(settings.connect().toSeconds())),
          e);
    } catch (HttpTimeoutException e) {
      throw new CacheException(new CacheProblem.Stalled(location, file, settings.stall()), e);
    } catch (InterruptedException _) {
      throw interrupted(file);
    }
  }

  private void sleep(String file, Duration pause) throws InterruptedIOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException _) {
      throw interrupted(file);
    }
  }

  private static boolean isInTrouble(int status) {
    return status >= SERVER_ERRORS || status == REQUEST_TIMEOUT || status == TOO_MANY_REQUESTS;
  }

  private static void discard(HttpResponse<?> response) throws IOException {
    if (response.body() instanceof InputStream body) {
      body.close();
    }
  }

  private InterruptedIOException interrupted(String file) {
    Thread.currentThread().interrupt();
    return new InterruptedIOException(
        "interrupted while '%s%s' was on its way".formatted(base, file));
  }

  private CacheException unreachable(IOException e) {
    String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new CacheException(new CacheProblem.Unreachable(location, reason), e);
  }

  private boolean isThere(String file, int status) throws CacheException {
    if (status == NOT_FOUND || status == GONE || status == FORBIDDEN) {
      return false;
    }
    if (status == OK) {
      return true;
    }
    throw new CacheException(
        status >= REDIRECTS && status < CLIENT_ERRORS
            ? new CacheProblem.RedirectLoop(location, file)
            : new CacheProblem.BadStatus(location, file, status));
  }

  @Override
  public Optional<InputStream> read(String file) throws IOException {
    HttpRequest request = request(file).timeout(settings.stall()).GET().build();
    HttpResponse<InputStream> response =
        trying(file, () -> client.send(request, HttpResponse.BodyHandlers.ofInputStream()));
    boolean there = false;
    try {
      there = isThere(file, response.statusCode());
    } finally {
      if (!there) {
        response.body().close();
      }
    }
    return there
        ? Optional.of(
            watch.guard(
                response.body(),
                () ->
                    new CacheException(new CacheProblem.Stalled(location, file, settings.stall())),
                this::unreachable))
        : Optional.empty();
  }

  @Override
  public boolean contains(String file) throws IOException {
    HttpRequest request = request(file).timeout(settings.stall()).HEAD().build();
    return isThere(
        file,
        trying(file, () -> client.send(request, HttpResponse.BodyHandlers.discarding()))
            .statusCode());
  }

  @Override
  public PendingFile create() throws IOException {
    return new SpooledFile(settings.scratch(), this::put);
  }

  @Override
  public List<String> narInfos() throws IOException {
    throw new CacheException(new CacheProblem.NoListing(location));
  }

  private void put(String file, Path contents) throws IOException {
    long size = Files.size(contents);
    HttpResponse<Void> response =
        trying(
            file,
            () -> {
              AtomicLong sent = new AtomicLong();
              HttpRequest request =
                  request(file)
                      .header("Content-Type", contentType(file))
                      .PUT(
                          size == 0
                              ? HttpRequest.BodyPublishers.noBody()
                              : HttpRequest.BodyPublishers.fromPublisher(
                                  HttpRequest.BodyPublishers.ofInputStream(
                                      () -> CountingStream.of(contents, sent)),
                                  size))
                      .build();
              return Progress.await(
                  client.sendAsync(request, HttpResponse.BodyHandlers.discarding()),
                  sent,
                  settings.stall(),
                  () ->
                      new CacheException(
                          new CacheProblem.Stalled(location, file, settings.stall())));
            });
    int status = response.statusCode();
    if (status == UNAUTHORIZED
        || status == FORBIDDEN
        || status == METHOD_NOT_ALLOWED
        || status == NOT_FOUND) {
      throw new CacheException(new CacheProblem.Forbidden(location, file, status));
    }
    if (status < OK || status >= REDIRECTS) {
      throw new CacheException(new CacheProblem.BadStatus(location, file, status));
    }
  }

  static String contentType(String file) {
    return file.endsWith(NarInfo.SUFFIX) ? "text/x-nix-narinfo" : "application/octet-stream";
  }

  @Override
  public void close() {
    watch.close();
  }
}
