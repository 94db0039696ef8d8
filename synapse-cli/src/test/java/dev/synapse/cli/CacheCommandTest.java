package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class CacheCommandTest {
  @TempDir private Path temporary;
  private Session session;
  private Session other;
  private String cache;

  /// Does not follow from its contents, so that it needs a signature.
  private StorePath output;

  private StorePath text;

  @BeforeEach
  void open() throws Exception {
    session = Session.in(Files.createDirectory(temporary.resolve("one")));
    other = Session.in(Files.createDirectory(temporary.resolve("two")));
    cache = "file://" + temporary.resolve("cache");
    try (LocalStore store = session.store()) {
      text = store.addText("text".getBytes(StandardCharsets.UTF_8), "text", Set.of());
      output = CacheSample.output(store, temporary.resolve("tree"), text);
    }
  }

  private static Session.Result done(Session.Result result) {
    assertThat(result.status()).as(result.err()).isZero();
    return result;
  }

  private static String error(Session.Result result, int status) {
    assertThat(result.status()).as(result.err()).isEqualTo(status);
    List<String> errors = result.err().lines().filter(line -> line.startsWith("error: ")).toList();
    assertThat(errors).as(result.err()).hasSize(1);
    assertThat(result.err()).doesNotContain("\tat ");
    return errors.getFirst();
  }

  private String keygen(String name) {
    return done(session.run("cache", "keygen", name, name + ".secret")).out().strip();
  }

  @Test
  void aKeyIsForItsOwnerAndIsNotOverwritten() throws Exception {
    String key = keygen("demo-1");
    Path secret = session.folder().resolve("demo-1.secret");
    assertThat(key).startsWith("demo-1:");
    assertThat(Files.readString(secret)).startsWith("demo-1:").hasSize(7 + 88);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(error(session.run("cache", "keygen", "demo-1", "demo-1.secret"), 2))
        .contains("'demo-1.secret' is there already");
    assertThat(error(session.run("cache", "keygen", "a b", "x"), 2)).contains("'a b'");
    JsonNode json = session.run("cache", "keygen", "k", "k.secret", "--json").json();
    assertThat(json.get("name").asString()).isEqualTo("k");
    assertThat(json.get("publicKey").asString()).startsWith("k:");
    assertThat(json.get("secretKeyFile").asString())
        .isEqualTo(session.folder().resolve("k.secret").toString());
  }

  @Test
  void whatIsPushedAndSignedIsPulledByWhoTrustsTheKey() throws Exception {
    String key = keygen("demo-1");
    JsonNode pushed =
        done(session.run(
                "cache", "push", cache, output.toString(), "--key-file", "demo-1.secret", "--json"))
            .json();
    assertThat(pushed.get("pushed")).hasSize(2);
    assertThat(pushed.get("present")).isEmpty();
    assertThat(pushed.get("narSize").asLong()).isPositive();
    assertThat(done(session.run("cache", "push", cache, output.toString())).err())
        .contains("0 pushed, 2 were there already");

    String refused = error(other.run("cache", "pull", cache, output.toString()), 1);
    assertThat(refused)
        .contains("signed by 'demo-1'", "trusted: no key", "--trusted-key 'demo-1:...'");
    assertThat(other.run("cache", "pull", cache, text.toString()).status())
        .as("a text follows from its contents")
        .isZero();

    var dry =
        done(
            other.run(
                "cache", "pull", cache, output.toString(), "--trusted-key", key, "--dry-run"));
    assertThat(Session.lines(dry.out())).containsExactly(output.toString());
    JsonNode pulled =
        done(other.run("cache", "pull", cache, output.toString(), "--trusted-key", key, "--json"))
            .json();
    assertThat(pulled.get("fetched")).hasSize(1);
    try (LocalStore store = other.store()) {
      assertThat(store.allValid()).containsExactlyInAnyOrder(text, output);
      assertThat(store.verify(true)).isEmpty();
    }
  }

  @Test
  void signingAndVerifyingWorkOnTheWholeCache() throws Exception {
    String key = keygen("demo-1");
    done(session.run("cache", "push", cache, output.toString(), "--compression", "xz"));
    var unsigned = session.run("cache", "verify", cache, "--trusted-key", key);
    assertThat(error(unsigned, 1)).contains(output + "' in cache").contains("is not signed");
    assertThat(unsigned.err()).contains("synapse cache sign --key-file FILE " + cache);

    var signed = done(session.run("cache", "sign", cache, "--key-file", "demo-1.secret"));
    assertThat(Session.lines(signed.out())).containsExactlyInAnyOrder(text + "", output + "");
    assertThat(
            session
                .run("cache", "sign", cache, "--key-file", "demo-1.secret", "--json")
                .json()
                .get("signed"))
        .as("already")
        .isEmpty();
    JsonNode verified =
        done(session.run("cache", "verify", cache, "--trusted-key", key, "--json")).json();
    assertThat(verified.get("checked").asInt()).isEqualTo(2);
    assertThat(verified.get("problems")).isEmpty();

    damage(name -> name.endsWith(".nar.xz"));
    assertThat(session.run("cache", "verify", cache, "--trusted-key", key).status()).isOne();
    done(session.run("cache", "verify", cache, "--trusted-key", key, "--no-contents"));
    assertThat(error(session.run("cache", "sign", cache), 2)).contains("no key to sign with");
  }

  @Test
  void aHigherLevelMakesFilesSmallerAndAFolderGetsTheLowest() throws Exception {
    Random random = new Random(1);
    String text =
        Stream.generate(() -> Integer.toString(random.nextInt(2_000)))
            .limit(60_000)
            .collect(Collectors.joining(" "));
    StorePath big;
    try (LocalStore store = session.store()) {
      big = store.addText(text.getBytes(StandardCharsets.UTF_8), "big", Set.of());
    }

    long lowest = pushedSize("lowest", big, "--compression-level", "1");
    assertThat(pushedSize("default", big)).isEqualTo(lowest);
    assertThat(pushedSize("higher", big, "--compression-level", "12")).isLessThan(lowest);
    assertThat(pushedSize("xz", big, "--compression", "xz", "--compression-level", "1"))
        .isGreaterThan(pushedSize("xz-default", big, "--compression", "xz"));
  }

  private long pushedSize(String name, StorePath path, String... options) {
    List<String> command =
        new ArrayList<>(
            List.of("cache", "push", "file://" + temporary.resolve(name), path.toString()));
    command.addAll(List.of(options));
    command.add("--json");
    return done(session.run(command.toArray(String[]::new))).json().get("fileSize").asLong();
  }

  private void damage(Predicate<String> which) throws IOException {
    try (var files = Files.list(temporary.resolve("cache/nar"))) {
      for (Path each : files.filter(file -> which.test(file.toString())).toList()) {
        byte[] bytes = Files.readAllBytes(each);
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(each, bytes);
      }
    }
  }

  @Test
  void whoIsToBlameIsInTheExitCode() throws Exception {
    String path = output.toString();
    assertThat(error(session.run("cache", "push", "nonsense", path), 2)).contains("'nonsense'");
    assertThat(error(session.run("cache", "push", "s3://x", path), 2))
        .contains("it names no bucket");
    assertThat(error(session.run("cache", "push", cache, path, "--compression", "rar"), 2))
        .contains("none, zstd, xz");
    assertThat(error(session.run("cache", "push", cache, path, "--compression-level", "20"), 2))
        .contains("zstd goes from 1 to 19, not to 20");
    assertThat(
            error(
                session.run(
                    "cache", "push", cache, path, "--compression=none", "--compression-level=1"),
                2))
        .contains("none has no levels");
    assertThat(error(session.run("cache", "push", cache, path, "--jobs", "0"), 2))
        .contains("--jobs");
    assertThat(error(session.run("cache", "push", cache, path, "--key-file", "absent"), 2))
        .contains("'absent' is not there");
    session.write("bad.secret", "x:AAAA");
    assertThat(error(session.run("cache", "push", cache, path, "--key-file", "bad.secret"), 2))
        .contains("has 3 bytes, not 64");
    assertThat(error(session.run("cache", "pull", cache, path, "--trusted-key", "x"), 2))
        .contains("--trusted-key");
    assertThat(error(other.run("cache", "pull", cache, path), 3)).contains("is not a binary cache");
    assertThat(error(other.run("cache", "pull", "http://127.0.0.1:1", path), 3))
        .contains("cannot be reached");
    assertThat(error(other.run("cache", "push", cache, path), 1)).contains("is not valid");
    done(session.run("cache", "push", cache, text.toString()));
    assertThat(error(other.run("cache", "pull", cache, path), 1)).contains("does not have");
    assertThat(error(session.run("cache", "serve", "--listen", "x"), 2)).contains("--listen");
    session.write("token", "secret\n");
    assertThat(error(session.run("cache", "serve", "--token-file", "token"), 2))
        .contains("--folder");
  }

  @Test
  void aServedFolderTakesUploadsAndGivesThem() throws Exception {
    Files.createDirectories(temporary.resolve("served"));
    session.write("token", "secret\n");
    try (Serving serving =
        new Serving(
            session, "--folder", temporary.resolve("served").toString(), "--token-file", "token")) {
      String address = serving.address();
      assertThat(error(session.run("cache", "push", address, text.toString()), 3))
          .contains("--token-file");
      done(session.run("cache", "push", address, text.toString(), "--token-file", "token"));
      done(other.run("cache", "pull", address, text.toString()));
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(address + "/")).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(page.body()).contains("synapse cache pull");
    }
  }

  @Test
  void aServedStoreSignsWhatItIsAskedFor() throws Exception {
    String key = keygen("demo-1");
    try (Serving serving = new Serving(session, "--key-file", "demo-1.secret")) {
      done(other.run("cache", "pull", serving.address(), output.toString(), "--trusted-key", key));
      done(
          other.run("cache", "verify", serving.address(), output.toString(), "--trusted-key", key));
      assertThat(error(other.run("cache", "verify", serving.address()), 2))
          .contains("cannot be listed");
    }
  }

  /// A running `synapse cache serve`.
  private static final class Serving implements AutoCloseable {
    private final Thread thread;
    private final String address;

    Serving(Session session, String... options) throws IOException {
      PipedInputStream printed = new PipedInputStream();
      PrintStream out =
          new PrintStream(new PipedOutputStream(printed), true, StandardCharsets.UTF_8);
      PrintStream err =
          new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8);
      List<String> command =
          new java.util.ArrayList<>(
              List.of(
                  "-C",
                  session.folder().toString(),
                  "--store",
                  session.storeFolder().toString(),
                  "cache",
                  "serve",
                  "--listen",
                  "0"));
      command.addAll(List.of(options));
      CompletableFuture<Integer> ended = new CompletableFuture<>();
      thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    ended.complete(Main.run(command.toArray(String[]::new), Map.of(), out, err));
                    out.close();
                  });
      address = line(printed);
    }

    String address() {
      return address;
    }

    private static String line(InputStream printed) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int each = printed.read(); each >= 0 && each != '\n'; each = printed.read()) {
        line.append((char) each);
      }
      assertThat(line).startsWith("http://127.0.0.1:");
      return line.toString();
    }

    @Override
    public void close() {
      thread.interrupt();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
