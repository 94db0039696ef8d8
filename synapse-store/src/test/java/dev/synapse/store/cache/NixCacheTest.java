package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import dev.synapse.store.signature.TrustedKeys;
import dev.synapse.store.signature.VerificationKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Real Nix, where it is installed, fills caches for us and takes what we fill, serve and sign.
final class NixCacheTest {
  @TempDir Path folder;
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void findNix() {
    Assumptions.assumeTrue(isOnPath("nix"), "this machine has no nix");
  }

  @AfterEach
  void deleteStores() throws Exception {
    for (String each : List.of("ours", "theirs", "home")) {
      Trees.delete(folder.resolve(each));
    }
    assertThat(failures).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"xz", "zstd", "none", "bzip2", "gzip", "lz4", "br"})
  void whatNixCopiedIsPulled(String compression) throws Exception {
    run(
        "nix-store",
        "--generate-binary-cache-key",
        "nix-1",
        path("nix.secret"),
        path("nix.public"));
    try (LocalStore ours = LocalStore.open(folder.resolve("ours"));
        LocalStore theirs = LocalStore.open(folder.resolve("theirs"));
        BinaryCache cache = file()) {
      Sample sample = Sample.fill(theirs, folder);
      nix(
          "copy",
          "--from",
          folder.resolve("theirs").toString(),
          "--to",
          cache.location() + "?compression=" + compression + "&secret-key=" + path("nix.secret"),
          sample.output().toString());
      TrustedKeys keys =
          new TrustedKeys(
              List.of(VerificationKey.parse(Files.readString(folder.resolve("nix.public")))));
      SigningKey secret = SigningKey.parse(Files.readString(folder.resolve("nix.secret")));
      for (String file : cache.narInfos()) {
        NarInfo narInfo = NarInfo.parse(cache.readSmall(file, NarInfo.LIMIT).orElseThrow());
        assertThat(narInfo.toBytes())
            .as("the same bytes are written")
            .isEqualTo(Files.readAllBytes(folder.resolve("cache").resolve(file)));
        assertThat(narInfo.withSignatures(List.of()).signedBy(secret).info().signatures())
            .as("the same signature is made")
            .isEqualTo(narInfo.info().signatures());
      }
      Substituter substituter = new Substituter(ours, List.of(cache), new Trust(keys), 2, _ -> {});

      assertThat(substituter.substitute(List.of(sample.output()))).containsExactly(sample.output());
      assertThat(ours.allValid()).isEqualTo(theirs.allValid());
      assertThat(ours.verify(true)).isEmpty();
    }
    run("nix-store", "--store", path("ours"), "--verify", "--check-contents");
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void nixCopiesWhatWePushed(Compression compression) throws Exception {
    SigningKey key = SigningKey.generate("ours-1");
    Sample sample = push(compression, key);

    nix(
        "copy",
        "--from",
        "file://" + path("cache"),
        "--to",
        path("theirs"),
        "--option",
        "trusted-public-keys",
        key.verificationKey().toString(),
        sample.output().toString());

    requireSame(sample);
    nix(
        "store",
        "verify",
        "--store",
        "file://" + path("cache"),
        "--trusted-public-keys",
        key.verificationKey().toString(),
        "--recursive",
        sample.output().toString());
    String other = SigningKey.generate("ours-1").verificationKey().toString();
    assertThat(
            code(
                "nix",
                "--extra-experimental-features",
                "nix-command",
                "store",
                "verify",
                "--store",
                "file://" + path("cache"),
                "--trusted-public-keys",
                other,
                sample.output().toString()))
        .as("another key of the same name")
        .isNotZero();
  }

  /// Debian's Nix knows no buckets: it reads and writes what is in them as files of a web server.
  @Test
  void nixTakesWhatWePushIntoABucketAndFillsOneForUs() throws Exception {
    SigningKey key = SigningKey.generate("ours-1");
    Path buckets = folder.resolve("buckets");
    try (S3Server checking = S3Server.checking(buckets);
        S3Server open = S3Server.open(buckets)) {
      String web = "http://" + open.endpoint() + "/" + S3Server.BUCKET;
      Sample sample;
      try (LocalStore ours = LocalStore.open(folder.resolve("ours"));
          BinaryCache bucket = checking.open("/ours")) {
        sample = Sample.fill(ours, folder);
        new CachePush(ours, bucket, CachePush.Options.signedBy(List.of(key)), _ -> {})
            .push(List.of(sample.output()));
      }
      nix(
          "copy",
          "--from",
          web + "/ours",
          "--to",
          path("theirs"),
          "--option",
          "trusted-public-keys",
          key.verificationKey().toString(),
          sample.output().toString());
      requireSame(sample);

      nix(
          "copy",
          "--from",
          path("theirs"),
          "--to",
          web + "/theirs?compression=zstd",
          sample.output().toString());
      try (LocalStore back = LocalStore.open(folder.resolve("back"));
          BinaryCache bucket = checking.open("/theirs")) {
        Trust trust = new Trust(new TrustedKeys(List.of(key.verificationKey())));
        Substituter substituter = new Substituter(back, List.of(bucket), trust, 2, _ -> {});
        assertThat(substituter.substitute(List.of(sample.output())))
            .containsExactly(sample.output());
        assertThat(back.verify(true)).isEmpty();
      }
    }
    Trees.delete(folder.resolve("back"));
  }

  private Sample push(Compression compression, SigningKey key) throws Exception {
    try (LocalStore ours = LocalStore.open(folder.resolve("ours"));
        BinaryCache cache = file()) {
      Sample sample = Sample.fill(ours, folder);
      new CachePush(ours, cache, CachePush.Options.of(compression, List.of(key), 2), _ -> {})
          .push(List.of(sample.output()));
      return sample;
    }
  }

  private void requireSame(Sample sample) throws Exception {
    run("nix-store", "--store", path("theirs"), "--verify", "--check-contents");
    try (LocalStore theirs = LocalStore.open(folder.resolve("theirs"));
        LocalStore ours = LocalStore.open(folder.resolve("ours"))) {
      assertThat(theirs.allValid())
          .containsExactlyInAnyOrder(sample.text(), sample.other(), sample.output());
      for (StorePath path : theirs.allValid()) {
        assertThat(theirs.find(path).orElseThrow().nar())
            .isEqualTo(ours.find(path).orElseThrow().nar());
        assertThat(theirs.references(path)).isEqualTo(ours.references(path));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Compression.class)
  void nixSubstitutesFromOurServerOfAStore(Compression compression) throws Exception {
    SigningKey key = SigningKey.generate("server-1");
    try (LocalStore ours = LocalStore.open(folder.resolve("ours"));
        CacheServer server =
            CacheServer.of(
                ours,
                CacheServer.Options.loopback(0).withKeys(List.of(key)).withCompression(compression),
                failures::add)) {
      Sample sample = Sample.fill(ours, folder);
      realise(server, key, sample);
      requireSame(sample);
      StorePath drv = new StorePath("0".repeat(32), "output.drv");
      try (OutputStream log = ours.logs().writer(drv)) {
        log.write("built well\n".getBytes(StandardCharsets.UTF_8));
      }
      assertThat(nix("log", "--store", address(server), "--offline", sample.output().toString()))
          .containsExactly("built well");
    }
  }

  @Test
  void nixSubstitutesFromOurServerOfAFolder() throws Exception {
    SigningKey key = SigningKey.generate("server-1");
    Sample sample = push(Compression.ZSTD, key);
    try (CacheServer server =
        CacheServer.of(folder.resolve("cache"), CacheServer.Options.loopback(0), failures::add)) {
      realise(server, key, sample);
      requireSame(sample);
    }
  }

  @Test
  void nixRefusesWhatAnotherKeySigned() throws Exception {
    SigningKey key = SigningKey.generate("server-1");
    Sample sample = push(Compression.ZSTD, key);
    try (CacheServer server =
        CacheServer.of(folder.resolve("cache"), CacheServer.Options.loopback(0), failures::add)) {
      assertThat(code(realising(server, SigningKey.generate("server-1"), sample))).isNotZero();
    }
  }

  private void realise(CacheServer server, SigningKey key, Sample sample) throws Exception {
    run(realising(server, key, sample));
  }

  private String[] realising(CacheServer server, SigningKey key, Sample sample) {
    return new String[] {
      "nix-store",
      "--store",
      path("theirs"),
      "--realise",
      sample.output().toString(),
      "--option",
      "substituters",
      address(server),
      "--option",
      "trusted-public-keys",
      key.verificationKey().toString(),
      "--option",
      "require-sigs",
      "true"
    };
  }

  private static String address(CacheServer server) {
    return "http://127.0.0.1:" + server.address().getPort();
  }

  @Test
  void nixUploadsToOurServerWithTheToken() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    Files.writeString(folder.resolve("netrc"), "machine 127.0.0.1 login anybody password secret\n");
    try (LocalStore theirs = LocalStore.open(folder.resolve("theirs"));
        LocalStore ours = LocalStore.open(folder.resolve("ours"));
        CacheServer server =
            CacheServer.of(
                cache, CacheServer.Options.loopback(0).withToken("secret"), failures::add)) {
      Sample sample = Sample.fill(theirs, folder);
      nix(
          "copy",
          "--from",
          path("theirs"),
          "--to",
          address(server) + "?compression=zstd",
          "--netrc-file",
          path("netrc"),
          sample.other().toString());
      try (BinaryCache opened = file()) {
        Substituter substituter =
            new Substituter(ours, List.of(opened), new Trust(TrustedKeys.NONE), 2, _ -> {});
        assertThat(substituter.substitute(List.of(sample.other()))).containsExactly(sample.other());
      }
    }
  }

  private BinaryCache file() throws IOException {
    return new BinaryCaches(CacheSettings.DEFAULT).open("file://" + path("cache"));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private List<String> nix(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("nix", "--extra-experimental-features", "nix-command"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private List<String> run(String... command) throws Exception {
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    assertThat(code(command)).as(() -> contents(errors)).isZero();
    return Files.readAllLines(output);
  }

  /// With a home of its own, so that what Nix remembers of caches does not outlive a test.
  private int code(String... command) throws Exception {
    ProcessBuilder process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("output").toFile())
            .redirectError(folder.resolve("errors").toFile());
    Map<String, String> environment = process.environment();
    environment.put("HOME", path("home"));
    environment.put("XDG_CACHE_HOME", path("home"));
    environment.put("NIX_CONFIG", "narinfo-cache-negative-ttl = 0\nsandbox = false\n");
    return process.start().waitFor();
  }

  private static String contents(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static boolean isOnPath(String program) {
    for (String directory : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
