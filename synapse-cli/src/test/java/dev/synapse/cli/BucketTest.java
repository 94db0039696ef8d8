package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bucket as a cache, by the whole program, with credentials from where people have them.
@Tag("slow")
final class BucketTest {
  private static final String ID = "AKIDEXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

  @TempDir private Path home;
  private S3Proxy server;
  private String location;
  private StorePath output;

  @BeforeEach
  void start() throws Exception {
    var blobs =
        new FilesystemNio2BlobStore(Files.createDirectory(home.resolve("buckets")).toString());
    server =
        S3Proxy.builder()
            .blobStore(blobs)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V4, ID, SECRET)
            .stopTimeout(0)
            .build();
    server.start();
    assertThat(blobs.createContainer("bucket")).isNotNull();
    location =
        "s3://bucket/team?scheme=http&region=eu-west-1&endpoint=127.0.0.1:" + server.getPort();
    try (LocalStore store = LocalStore.open(home.resolve("one"))) {
      StorePath text = store.addText("text".getBytes(StandardCharsets.UTF_8), "text", Set.of());
      output = CacheSample.output(store, home.resolve("tree"), text);
    }
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
  }

  private Program program(String store) throws Exception {
    return Program.of(home)
        .with("SYNAPSE_HOME", home.resolve(store).toString())
        .with("AWS_EC2_METADATA_DISABLED", "true");
  }

  private static Program.Result done(Program.Result result) {
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out() + result.err()).doesNotContain(SECRET).doesNotContain("SLF4J");
    return result;
  }

  @Test
  void whatIsPushedIsSignedVerifiedAndPulled() throws Exception {
    Program pushing =
        program("one").with("AWS_ACCESS_KEY_ID", ID).with("AWS_SECRET_ACCESS_KEY", SECRET);
    String key = done(pushing.run("cache", "keygen", "demo-1", "secret")).out().strip();
    assertThat(done(pushing.run("cache", "push", location, output.toString())).err())
        .contains("2 pushed, 0 were there already");
    assertThat(done(pushing.run("cache", "push", location, output.toString())).err())
        .contains("0 pushed, 2 were there already");
    assertThat(done(pushing.run("cache", "sign", location, "--key-file", "secret")).out())
        .contains(output.toString());
    assertThat(done(pushing.run("cache", "verify", location, "--trusted-key", key)).err())
        .contains("2 checked, 0 problems");

    Files.createDirectory(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/credentials"),
        "[work]\naws_access_key_id = %s\naws_secret_access_key = %s\n".formatted(ID, SECRET));
    var _ =
        done(
            program("two")
                .run(
                    "cache",
                    "pull",
                    location + "&profile=work",
                    output.toString(),
                    "--trusted-key",
                    key));
    try (LocalStore store = LocalStore.open(home.resolve("two"))) {
      assertThat(store.isValid(output)).isTrue();
      assertThat(store.verify(true)).isEmpty();
    }
  }

  @Test
  void whoHasNoOrWrongCredentialsIsToldSo() throws Exception {
    var nobody = program("one").run("cache", "push", location, output.toString());
    assertThat(nobody.status()).isEqualTo(3);
    assertThat(nobody.error()).contains("denies access to 'nix-cache-info'");

    var wrong =
        program("one")
            .with("AWS_ACCESS_KEY_ID", ID)
            .with("AWS_SECRET_ACCESS_KEY", SECRET.replace('w', 'x'))
            .run("cache", "push", location, output.toString());
    assertThat(wrong.status()).isEqualTo(3);
    assertThat(wrong.error()).contains("SignatureDoesNotMatch");
    assertThat(wrong.err()).doesNotContain(SECRET.substring(1));

    var profile =
        program("one").run("cache", "push", location + "&profile=none", output.toString());
    assertThat(profile.status()).isEqualTo(2);
    assertThat(profile.error()).contains("there are no credentials for profile 'none'");
  }
}
