package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.synapse.store.local.LocalStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asking binary caches before building, by the whole program. The package here is never the same
/// when it is built again, so its contents tell where they came from.
final class SubstitutionTest {
  private static final String BUILD = "cat /proc/sys/kernel/random/uuid >$out";
  private static final String NAR = ".nar";
  private static final String NARINFO = ".narinfo";

  @TempDir private Path home;
  private SmallProject project;
  private String output;
  private String derivation;
  private Path cache;
  private String contents;

  @BeforeEach
  void build() throws Exception {
    project = SmallProject.in(home).add("good", BUILD);
    cache = home.resolve("cache");
    JsonNode built = read(project.build("--no-link", "--json").out());
    output = built.required("outputs").required("out").asString();
    derivation = built.required("drvPath").asString();
    contents = contents();
  }

  /// Has Nix copy the package into the cache, and deletes it from the store; answers the public
  /// key.
  private String sharedByNix() throws Exception {
    Assumptions.assumeTrue(hasNix(), "this machine has no nix");
    Path secret = home.resolve("secret");
    Path open = home.resolve("public");
    nix("nix-store", "--generate-binary-cache-key", "demo-1", secret.toString(), open.toString());
    nix(
        "nix",
        "--extra-experimental-features",
        "nix-command",
        "copy",
        "--from",
        project.storeFolder().toString(),
        "--to",
        location() + "?compression=none&secret-key=" + secret,
        output);
    forget();
    return Files.readString(open).strip();
  }

  /// The same without Nix.
  private String sharedBySynapse() throws Exception {
    Path secret = home.resolve("secret");
    String key = done("cache", "keygen", "demo-1", secret.toString()).out().strip();
    Program.Result _ =
        done(
            "cache",
            "push",
            location(),
            output,
            "--compression=none",
            "--key-file",
            secret.toString());
    forget();
    return key;
  }

  private void forget() throws Exception {
    Program.Result _ = done("store", "delete", output);
  }

  private Program.Result done(String... command) throws Exception {
    Program.Result result = project.program().run(command);
    assertThat(result.status()).as(result.err()).isZero();
    return result;
  }

  private void nix(String... command) throws Exception {
    Path errors = home.resolve("nix.err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(errors.toFile());
    builder.environment().put("HOME", home.resolve("nix").toString());
    builder.environment().put("XDG_CACHE_HOME", home.resolve("nix").toString());
    int status = builder.start().waitFor();
    assertThat(status).as(Files.readString(errors)).isZero();
  }

  private static boolean hasNix() {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nix")));
  }

  private String location() {
    return "file://" + cache;
  }

  private String contents() throws IOException {
    Path file = project.storeFolder().resolve(output.substring(1));
    return Files.readString(file);
  }

  private static JsonNode read(String document) {
    return JsonMapper.shared().readTree(document);
  }

  private static List<String> warnings(Program.Result result) {
    return result.err().lines().filter(line -> line.startsWith("warning: ")).toList();
  }

  private void isFetched(Program.Result result) throws Exception {
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("fetched " + output).doesNotContain("building good");
    assertThat(contents()).isEqualTo(contents);
    assertThat(project.damage()).isEmpty();
    assertThat(project.leftovers()).isEmpty();
  }

  private void isBuilt(Program.Result result) throws Exception {
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("building good").doesNotContain("fetched " + output);
    assertThat(contents()).isNotEqualTo(contents);
    assertThat(project.damage()).isEmpty();
    assertThat(project.leftovers()).isEmpty();
  }

  @Test
  void aBuildTakesWhatNixCopiedIntoACache() throws Exception {
    String key = sharedByNix();

    var result =
        project.build("--substituter", location(), "--trusted-key", key, "--no-link", "--json");

    isFetched(result);
    assertThat(read(result.out()).required("built").asBoolean()).isFalse();
    assertThat(warnings(result)).isEmpty();
  }

  @Test
  void realisingTakesWhatNixCopiedIntoACacheAndADryRunSaysSo() throws Exception {
    String key = sharedByNix();
    String[] asking = {
      "store", "realise", derivation, "--substituter", location(), "--trusted-key", key
    };
    String[] dryRun = Arrays.copyOf(asking, asking.length + 1);
    dryRun[asking.length] = "--dry-run";

    assertThat(done(dryRun).out()).isEqualTo("fetch " + output + "\n");
    assertThat(done("store", "realise", derivation, "--dry-run").out())
        .isEqualTo("build " + derivation + "\n");
    Program.Result result = project.program().run(asking);

    isFetched(result);
    assertThat(result.out()).isEqualTo(output + "\n");
  }

  @Test
  void whatNoTrustedKeySignedIsBuiltAndTheWarningSaysWhatToType() throws Exception {
    String _ = sharedByNix();

    var result = project.build("--substituter", location(), "--no-link");

    isBuilt(result);
    assertThat(warnings(result))
        .singleElement()
        .asString()
        .contains("signed by 'demo-1'", "trusted: no key", "--trusted-key 'demo-1:...'");
  }

  @Test
  void whatCanAllBeFetchedNeedsNoSandbox() throws Exception {
    String key = sharedBySynapse();
    String[] from = {"--substituter", location(), "--trusted-key", key};
    project.program().by(Namespaces.withoutUserNamespaces());

    var built = project.build("--no-link", from[0], from[1], from[2], from[3]);

    isFetched(built);
    assertThat(warnings(built)).isEmpty();
    forget();
    isFetched(
        project.program().run("store", "realise", derivation, from[0], from[1], from[2], from[3]));
    forget();
    assertThat(project.build("--no-link", from[0], from[1]).error())
        .as("nothing vouches for it without the key")
        .startsWith("the kernel refuses user namespaces");
  }

  /// The lock of the project names no packages that the toolchain could be made from.
  @Test
  void aToolchainIsTakenFromACacheBeforeItIsMade() throws Exception {
    String toolchain;
    try (LocalStore store = LocalStore.open(project.storeFolder())) {
      toolchain =
          store.allValid().stream()
              .filter(path -> path.name().equals("tools-toolchain"))
              .findFirst()
              .orElseThrow()
              .toString();
    }
    Program.Result _ = done("cache", "push", location(), toolchain);
    forget();
    Program.Result _ = done("store", "delete", derivation, toolchain);

    var result = project.build("--substituter", location(), "--no-link");

    isBuilt(result);
    assertThat(result.err()).contains("fetched " + toolchain);
  }

  /// What a server does wrong.
  enum Fault {
    NARINFO_500(NARINFO),
    NARINFO_GARBAGE(NARINFO),
    NARINFO_IN_CIRCLES(NARINFO),
    NARINFO_OF_OTHER_SIZE(NARINFO),
    NAR_404(NAR),
    NAR_500(NAR),
    NAR_CUT(NAR),
    NAR_THAT_BREAKS_OFF(NAR),
    NAR_ALTERED(NAR),
    NAR_TOO_LONG(NAR);

    final String suffix;

    Fault(String suffix) {
      this.suffix = suffix;
    }

    void answer(HttpExchange exchange, byte[] file) throws IOException {
      switch (this) {
        case NARINFO_500, NAR_500 -> exchange.sendResponseHeaders(500, -1);
        case NAR_404 -> exchange.sendResponseHeaders(404, -1);
        case NARINFO_IN_CIRCLES -> {
          exchange.getResponseHeaders().set("Location", exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(302, -1);
        }
        case NARINFO_GARBAGE -> give(exchange, new byte[] {'<', 'h', '1', '>', '\n'});
        case NARINFO_OF_OTHER_SIZE -> {
          String text = new String(file, StandardCharsets.UTF_8);
          String other = text.replaceAll("(?m)^NarSize: .*$", "NarSize: 5");
          give(exchange, other.getBytes(StandardCharsets.UTF_8));
        }
        case NAR_CUT -> give(exchange, Arrays.copyOf(file, file.length / 2));
        case NAR_THAT_BREAKS_OFF -> {
          exchange.sendResponseHeaders(200, file.length);
          exchange.getResponseBody().write(file, 0, file.length / 2);
        }
        case NAR_ALTERED -> {
          byte[] altered = file.clone();
          altered[altered.length / 2] ^= 1;
          give(exchange, altered);
        }
        case NAR_TOO_LONG -> give(exchange, Arrays.copyOf(file, file.length + 1000));
      }
    }
  }

  private static void give(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  /// The cache with one fault.
  private HttpServer serve(Fault fault) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Path file = cache.resolve(exchange.getRequestURI().getPath().substring(1));
            if (!Files.isRegularFile(file)) {
              exchange.sendResponseHeaders(404, -1);
            } else if (file.toString().endsWith(fault.suffix)) {
              fault.answer(exchange, Files.readAllBytes(file));
            } else {
              give(exchange, Files.readAllBytes(file));
            }
          }
        });
    server.start();
    return server;
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aLyingCacheIsSetAsideOnceAndHarmsNothing(Fault fault) throws Exception {
    String key = sharedBySynapse();
    HttpServer server = serve(fault);
    try {
      String lying = "http://127.0.0.1:" + server.getAddress().getPort();
      isOvercome(lying, key, fault == Fault.NARINFO_OF_OTHER_SIZE);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aCacheThatIsDownIsSetAsideOnceAndHarmsNothing() throws Exception {
    String key = sharedBySynapse();
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    isOvercome("http://127.0.0.1:" + free, key, false);
  }

  /// @param untrusted whether the fault is in what the signature covers, so that nothing vouches
  ///   for the path; that says nothing of the rest of a cache
  private void isOvercome(String bad, String key, boolean untrusted) throws Exception {
    var beside =
        project
            .program()
            .run(
                "store",
                "realise",
                derivation,
                "--substituter",
                bad,
                "--substituter",
                location(),
                "--trusted-key",
                key);
    isFetched(beside);
    isSaidOnce(beside, bad, untrusted);

    forget();
    var alone = project.build("--substituter", bad, "--trusted-key", key, "--no-link");
    isBuilt(alone);
    isSaidOnce(alone, bad, untrusted);
  }

  private static void isSaidOnce(Program.Result result, String bad, boolean untrusted) {
    var warning = assertThat(warnings(result)).singleElement().asString().contains(bad);
    if (untrusted) {
      warning.contains("demo-1");
    } else {
      warning.endsWith("; it is not asked again");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--trusted-key=demo-1:AAAA --substituter=file:///cache",
        "--trusted-key=demo-1:kSs0WmrI1UH6UBdJSpvKV3IVdRB5ZiJ1F6sBoqG3y0Q=",
        "--substituter=s3://BUCKET",
        "--substituter=cache",
        "--substituter=file:///good --substituter=http:///nothing"
      })
  void whatCannotBeMeantIsRefusedBeforeAnythingIsBuilt(String options) throws Exception {
    forget();
    List<String> given = new ArrayList<>(List.of("--no-link"));
    given.addAll(List.of(options.split(" ", -1)));

    var result = project.build(given.toArray(String[]::new));

    assertThat(result.status()).as(result.err()).isEqualTo(2);
    assertThat(result.error()).containsAnyOf("--trusted-key", "is not the location of a cache");
    assertThat(project.outputs()).isEmpty();
  }
}
