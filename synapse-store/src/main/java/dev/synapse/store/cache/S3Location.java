package dev.synapse.store.cache;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where a bucket is: `s3://BUCKET[/PREFIX][?endpoint=…&region=…&profile=…&scheme=…]`, in the words
/// of Nix. `endpoint` is a host, with a port or without, of a server that is not Amazon's; it is
/// asked for `/BUCKET/…`, not for another host. `scheme` is `https` unless it says `http`.
///
/// @param text as it was given
/// @param bucket a name of small letters, digits, dots and dashes
/// @param prefix what all names in the bucket begin with: empty, or with a slash at its end
/// @param endpoint the address of a server that is not Amazon's
/// @param region empty for what the profile or the environment says, else `us-east-1`
/// @param profile of the credentials
record S3Location(
    String text,
    String bucket,
    String prefix,
    Optional<URI> endpoint,
    Optional<String> region,
    Optional<String> profile) {
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.\\-]{1,61}[a-z0-9]");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._+@ \\-]{1,128}");
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9.\\-_]+|\\[[0-9a-fA-F:.]+])(:\\d{1,5})?");
  private static final List<String> SETTINGS = List.of("endpoint", "region", "profile", "scheme");

  static S3Location parse(String text, URI address) throws CacheException {
    String bucket = address.getRawAuthority();
    if (bucket == null || !BUCKET.matcher(bucket).matches()) {
      throw BinaryCaches.bad(text, "it names no bucket, as in s3://bucket");
    }
    if (address.getRawFragment() != null) {
      throw BinaryCaches.bad(text, "there should be nothing after a '#'");
    }
    String path = address.getRawPath().replaceAll("^/|/$", "");
    if (!path.isEmpty() && !NarFile.isInside(path)) {
      throw BinaryCaches.bad(text, "'%s' is no prefix of names in a bucket".formatted(path));
    }
    Map<String, String> settings = settings(text, address);
    return new S3Location(
        text,
        bucket,
        path.isEmpty() ? "" : path + "/",
        endpoint(text, settings),
        word(text, settings, "region"),
        word(text, settings, "profile"));
  }

  private static Map<String, String> settings(String text, URI address) throws CacheException {
    Map<String, String> settings = new HashMap<>();
    String query = address.getQuery();
    for (String each : query == null ? new String[0] : query.split("&", -1)) {
      String[] pair = each.split("=", 2);
      if (!SETTINGS.contains(pair[0])) {
        throw BinaryCaches.bad(
            text,
            "'%s' is not one of %s; for what else Nix takes use the options"
                .formatted(pair[0], String.join(", ", SETTINGS)));
      }
      if (pair.length == 1 || settings.put(pair[0], pair[1]) != null) {
        throw BinaryCaches.bad(text, "'%s' should have one value".formatted(pair[0]));
      }
    }
    return settings;
  }

  private static Optional<String> word(String text, Map<String, String> settings, String name)
      throws CacheException {
    Optional<String> word = Optional.ofNullable(settings.get(name));
    if (word.isPresent() && !WORD.matcher(word.get()).matches()) {
      throw BinaryCaches.bad(text, "'%s' is no %s".formatted(word.get(), name));
    }
    return word;
  }

  private static Optional<URI> endpoint(String text, Map<String, String> settings)
      throws CacheException {
    String scheme = settings.getOrDefault("scheme", "https");
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw BinaryCaches.bad(text, "the scheme is https or http, not '%s'".formatted(scheme));
    }
    String endpoint = settings.get("endpoint");
    if (endpoint == null) {
      if (scheme.equals("http")) {
        throw BinaryCaches.bad(text, "scheme=http is for an endpoint: Amazon is asked over https");
      }
      return Optional.empty();
    }
    if (!HOST.matcher(endpoint).matches()) {
      throw BinaryCaches.bad(
          text, "the endpoint is HOST or HOST:PORT, not '%s'".formatted(endpoint));
    }
    try {
      return Optional.of(new URI(scheme + "://" + endpoint));
    } catch (URISyntaxException e) {
      throw BinaryCaches.bad(text, String.valueOf(e.getReason()));
    }
  }
}
