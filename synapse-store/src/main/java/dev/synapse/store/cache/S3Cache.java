package dev.synapse.store.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A cache in a bucket of Amazon S3, or of a server that speaks its protocol.
///
/// Amazon's client library asks, signs and finds the credentials, where its other tools find them
/// too: in the environment, in `~/.aws`, and on Amazon's machines. Without any, requests are not
/// signed, which is enough for a public bucket. Patience and blame are those of [HttpCache]:
/// requests that got no answer, or one of a server in trouble, are tried again, silence is not.
///
/// An archive is sent in one piece, which S3 limits to 5 GiB.
final class S3Cache implements BinaryCache {
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int SERVER_ERRORS = 500;

  private final S3Location location;
  private final S3Client client;
  private final CacheSettings settings;
  private final StallWatch watch;
  private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();

  private S3Cache(S3Location location, S3Client client, CacheSettings settings) {
    this.location = location;
    this.client = client;
    this.settings = settings;
    this.watch = new StallWatch(settings.stall());
  }

  /// Opens with the credentials that are found in the usual places.
  static S3Cache open(S3Location location, CacheSettings settings) throws CacheException {
    return open(location, settings, credentials(location));
  }

  /// Opens with these credentials.
  static S3Cache open(
      S3Location location, CacheSettings settings, AwsCredentialsProvider credentials) {
    var builder =
        S3Client.builder()
            .credentialsProvider(credentials)
            .region(region(location))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(settings.connect())
                    .socketTimeout(settings.stall()))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(each -> each.chunkedEncodingEnabled(false))
            .overrideConfiguration(
                each ->
                    each.retryStrategy(retries(settings))
                        .defaultProfileName(location.profile().orElse(null)));
    location.endpoint().ifPresent(uri -> builder.endpointOverride(uri).forcePathStyle(true));
    return new S3Cache(location, builder.build(), settings);
  }

  private static StandardRetryStrategy retries(CacheSettings settings) {
    BackoffStrategy pauses =
        BackoffStrategy.exponentialDelayWithoutJitter(
            settings.pause().plusMillis(1),
            settings.pause().plusMillis(1).multipliedBy(1L << settings.tries()));
    return StandardRetryStrategy.builder()
        .maxAttempts(settings.tries())
        .backoffStrategy(pauses)
        .throttlingBackoffStrategy(pauses)
        .circuitBreakerEnabled(false)
        .useClientDefaults(false)
        .retryOnException(S3Cache::isWorthATry)
        .build();
  }

  private static boolean isWorthATry(Throwable failure) {
    return switch (failure) {
      case SdkServiceException e ->
          e.statusCode() >= SERVER_ERRORS
              || e.statusCode() == REQUEST_TIMEOUT
              || e.isThrottlingException();
      case AbortedException _ -> false;
      case SdkClientException e ->
          cause(e, IOException.class).isPresent()
              && cause(e, InterruptedIOException.class).isEmpty();
      default -> false;
    };
  }

  private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> kind) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (kind.isInstance(each)) {
        return Optional.of(kind.cast(each));
      }
    }
    return Optional.empty();
  }

  private static AwsCredentialsProvider credentials(S3Location location) throws CacheException {
    DefaultCredentialsProvider usual =
        DefaultCredentialsProvider.builder().profileName(location.profile().orElse(null)).build();
    try {
      var _ = usual.resolveCredentials();
      return usual;
    } catch (SdkClientException e) {
      if (location.profile().isPresent()) {
        throw new CacheException(
            new CacheProblem.BadLocation(
                location.text(),
                "there are no credentials for profile '%s'".formatted(location.profile().get())),
            e);
      }
      return AnonymousCredentialsProvider.create();
    }
  }

  private static Region region(S3Location location) {
    if (location.region().isPresent()) {
      return Region.of(location.region().get());
    }
    try {
      return DefaultAwsRegionProviderChain.builder()
          .profileName(location.profile().orElse(null))
          .build()
          .getRegion();
    } catch (SdkClientException _) {
      return Region.US_EAST_1;
    }
  }

  @Override
  public String location() {
    return location.text();
  }

  private String key(String file) {
    if (!NarFile.isInside(file)) {
      throw new IllegalArgumentException("'" + file + "' leads out of the cache");
    }
    return location.prefix() + file;
  }

  @Override
  public Optional<InputStream> read(String file) throws IOException {
    String key = key(file);
    ResponseInputStream<GetObjectResponse> response;
    try {
      response = client.getObject(request -> request.bucket(location.bucket()).key(key));
    } catch (SdkException e) {
      if (isAbsent(e, file)) {
        return Optional.empty();
      }
      throw blame(e, file);
    }
    return Optional.of(
        watch.guard(
            new Abortable(response), () -> stalled(file), failure -> broken(failure, file)));
  }

  @Override
  public boolean contains(String file) throws IOException {
    String key = key(file);
    try {
      var _ = client.headObject(request -> request.bucket(location.bucket()).key(key));
      return true;
    } catch (SdkException e) {
      if (isAbsent(e, file)) {
        return false;
      }
      throw blame(e, file);
    }
  }

  /// Who may not list a bucket is told 403 for what is not there. But of the file that every cache
  /// has nobody is told so: there it means that access is denied.
  private static boolean isAbsent(SdkException failure, String file) {
    if (!(failure instanceof AwsServiceException e)) {
      return false;
    }
    String code = code(e);
    return (e.statusCode() == NOT_FOUND && !"NoSuchBucket".equals(code))
        || (e.statusCode() == FORBIDDEN
            && (code == null || code.isEmpty() || "AccessDenied".equals(code))
            && !file.equals(CacheInfo.FILE));
  }

  private static @Nullable String code(AwsServiceException failure) {
    return failure.awsErrorDetails() == null ? null : failure.awsErrorDetails().errorCode();
  }

  private IOException blame(SdkException failure, String file) {
    if (failure instanceof AbortedException
        || (cause(failure, InterruptedIOException.class).isPresent()
            && cause(failure, SocketTimeoutException.class).isEmpty())) {
      Thread.currentThread().interrupt();
      return new InterruptedIOException(
          "interrupted while '%s' of '%s' was on its way".formatted(file, location.text()));
    }
    CacheProblem problem =
        switch (failure) {
          case AwsServiceException e -> refused(e, file);
          case SdkServiceException e ->
              new CacheProblem.BadStatus(location.text(), file, e.statusCode());
          default ->
              cause(failure, SocketTimeoutException.class).isPresent()
                  ? timedOut(failure, file)
                  : new CacheProblem.Unreachable(location.text(), words(failure));
        };
    return new CacheException(problem, failure);
  }

  private CacheProblem refused(AwsServiceException failure, String file) {
    String code = code(failure);
    int status = failure.statusCode();
    if ("NoSuchBucket".equals(code)) {
      return new CacheProblem.NotACache(
          location.text(), "there is no bucket '%s'".formatted(location.bucket()));
    }
    if (status >= SERVER_ERRORS || code == null || code.isEmpty()) {
      return new CacheProblem.BadStatus(location.text(), file, status);
    }
    String message = failure.awsErrorDetails().errorMessage();
    return new CacheProblem.Denied(
        location.text(), file, message == null ? code : code + ": " + firstLine(message));
  }

  private CacheProblem timedOut(SdkException failure, String file) {
    boolean connecting =
        cause(failure, SocketTimeoutException.class)
            .map(Throwable::getMessage)
            .filter(message -> message.contains("onnect"))
            .isPresent();
    return connecting
        ? new CacheProblem.Unreachable(
            location.text(), "no connection within %d s".formatted(settings.connect().toSeconds()))
        : new CacheProblem.Stalled(location.text(), file, settings.stall());
  }

  /// What the machine said, where it said something: the library's own words are long.
  private static String words(SdkException failure) {
    Optional<IOException> cause = cause(failure, IOException.class);
    Throwable told = cause.isPresent() ? cause.get() : failure;
    String message = told.getMessage();
    return message == null
        ? told.getClass().getSimpleName()
        : told.getClass().getSimpleName() + ": " + firstLine(message);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }

  private CacheException stalled(String file) {
    return new CacheException(new CacheProblem.Stalled(location.text(), file, settings.stall()));
  }

  private CacheException broken(IOException failure, String file) {
    if (failure instanceof SocketTimeoutException) {
      return stalled(file);
    }
    String reason = failure.getMessage();
    return new CacheException(
        new CacheProblem.Unreachable(
            location.text(), reason == null ? failure.getClass().getSimpleName() : reason),
        failure);
  }

  @Override
  public PendingFile create() throws IOException {
    return new SpooledFile(settings.scratch(), this::put);
  }

  private void put(String file, Path contents) throws IOException {
    String key = key(file);
    long size = Files.size(contents);
    AtomicLong sent = new AtomicLong();
    String type = HttpCache.contentType(file);
    var answer =
        senders.submit(
            () ->
                client.putObject(
                    request -> request.bucket(location.bucket()).key(key).contentType(type),
                    RequestBody.fromContentProvider(
                        () -> CountingStream.of(contents, sent), size, type)));
    try {
      var _ = Progress.await(answer, sent, settings.stall(), () -> stalled(file));
    } catch (SdkException e) {
      throw blame(e, file);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(
          "interrupted while '%s' was on its way to '%s'".formatted(file, location.text()));
    }
  }

  @Override
  public List<String> narInfos() throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (S3Object each :
          client
              .listObjectsV2Paginator(
                  request ->
                      request.bucket(location.bucket()).prefix(location.prefix()).delimiter("/"))
              .contents()) {
        String name = each.key().substring(location.prefix().length());
        if (name.endsWith(NarInfo.SUFFIX)) {
          names.add(name);
        }
      }
    } catch (SdkException e) {
      throw blame(e, "");
    }
    Collections.sort(names);
    return names;
  }

  @Override
  public void close() {
    watch.close();
    senders.shutdownNow();
    client.close();
  }

  /// Closed before its end, it gives up the connection: else the rest would be read first.
  private static final class Abortable extends BulkFilterStream {
    private final ResponseInputStream<GetObjectResponse> response;
    private boolean ended;

    Abortable(ResponseInputStream<GetObjectResponse> response) {
      super(response);
      this.response = response;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int read = response.read(bytes, from, length);
      ended = read < 0 || ended;
      return read;
    }

    @Override
    public void close() throws IOException {
      if (ended) {
        response.close();
      } else {
        response.abort();
      }
    }
  }
}
