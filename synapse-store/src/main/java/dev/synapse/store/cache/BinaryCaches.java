package dev.synapse.store.cache;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.nio.file.Path;

/// Opens caches by their locations: `file:///FOLDER`, `http://…`, `https://…`,
/// `s3://BUCKET[/PREFIX]`.
public final class BinaryCaches {
  private final CacheSettings settings;
  private final Clients clients;

  /// Makes the HTTP client that caches are asked with.
  public interface Clients {
    /// A client that follows redirects, but not without end, and connects within a limit.
    HttpClient client() throws IOException;
  }

  /// Opens with an HTTP client of its own that follows at most five redirects, none of them from
  /// `https` to `http`.
  public BinaryCaches(CacheSettings settings) {
    this(
        settings,
        () ->
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.connect())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build());
  }

  /// Opens with another HTTP client, made when a cache needs one.
  public BinaryCaches(CacheSettings settings, Clients clients) {
    this.settings = settings;
    this.clients = clients;
  }

  /// Opens a cache without looking at it: whether it is there shows when it is used. What Nix takes
  /// after a `?` is refused, for here the commands' options say it; except for what says where a
  /// bucket is (see [S3Location]).
  public BinaryCache open(String location) throws IOException {
    URI address;
    try {
      address = new URI(location);
    } catch (URISyntaxException e) {
      throw bad(location, String.valueOf(e.getReason()));
    }
    if ("s3".equals(address.getScheme())) {
      return S3Cache.open(S3Location.parse(location, address), settings);
    }
    if (address.getRawQuery() != null || address.getRawFragment() != null) {
      throw bad(location, "there should be nothing after a '?' or '#', use the options");
    }
    return switch (String.valueOf(address.getScheme())) {
      case "file" -> file(location, address);
      case "http", "https" -> {
        if (address.getHost() == null) {
          throw bad(location, "it names no host");
        }
        yield new HttpCache(location, clients.client(), settings);
      }
      default -> throw bad(location, "it should start with file://, http://, https:// or s3://");
    };
  }

  private static BinaryCache file(String location, URI address) throws CacheException {
    if (address.getAuthority() != null && !address.getAuthority().isEmpty()) {
      throw bad(location, "write three slashes, as in file:///folder");
    }
    if (address.getPath() == null || !address.getPath().startsWith("/")) {
      throw bad(location, "the folder should be absolute");
    }
    return new FileCache(location, Path.of(address.getPath()));
  }

  static CacheException bad(String location, String reason) {
    return new CacheException(new CacheProblem.BadLocation(location, reason));
  }
}
