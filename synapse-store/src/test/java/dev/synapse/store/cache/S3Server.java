package dev.synapse.store.cache;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// S3Proxy on loopback: a server that speaks the protocol of S3, over a folder. It checks
/// signatures, or takes everything from everybody.
final class S3Server implements AutoCloseable {
  static final String BUCKET = "bucket";
  static final String ID = "AKIDEXAMPLE";
  static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

  private final S3Proxy proxy;
  private final FilesystemNio2BlobStore blobs;

  private S3Server(Path folder, boolean open) throws Exception {
    blobs = new FilesystemNio2BlobStore(Files.createDirectories(folder).toString());
    S3Proxy.Builder builder =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .ignoreUnknownHeaders(true)
            .stopTimeout(0);
    if (!open) {
      builder.awsAuthentication(AuthenticationType.AWS_V4, ID, SECRET);
    }
    proxy = builder.build();
    proxy.start();
    if (!Files.exists(folder.resolve(BUCKET))) {
      var _ = blobs.createContainer(BUCKET);
    }
  }

  /// Checks that requests are signed with [#ID] and [#SECRET].
  static S3Server checking(Path folder) throws Exception {
    return new S3Server(folder, false);
  }

  /// Lets everybody read and write.
  static S3Server open(Path folder) throws Exception {
    return new S3Server(folder, true);
  }

  /// The host and the port.
  String endpoint() {
    return "127.0.0.1:" + proxy.getPort();
  }

  /// The bucket with a prefix, as a location of a cache.
  String location(String prefix) {
    return "s3://%s%s?endpoint=%s&scheme=http&region=eu-west-1"
        .formatted(BUCKET, prefix, endpoint());
  }

  /// The cache below a prefix, opened with the right credentials.
  BinaryCache open(String prefix) throws Exception {
    String location = location(prefix);
    return S3Cache.open(
        S3Location.parse(location, new URI(location)),
        CacheSettings.DEFAULT,
        StaticCredentialsProvider.create(AwsBasicCredentials.create(ID, SECRET)));
  }

  @Override
  public void close() throws IOException {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
