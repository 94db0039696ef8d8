package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// What `store realise` finds out and refuses before it needs a sandbox.
final class RealisePlanTest {
  @TempDir private Path temporary;

  /// Has the output of the lower derivation, and a cache with it.
  private Session builder;

  private Session session;
  private Derivation lower;
  private Derivation upper;
  private StorePath output;
  private String cache;
  private String key;

  @BeforeEach
  void share() throws Exception {
    builder = Session.in(Files.createDirectory(temporary.resolve("one")));
    session = Session.in(Files.createDirectory(temporary.resolve("two")));
    cache = "file://" + temporary.resolve("cache");
    try (LocalStore store = builder.store()) {
      DerivationHasher hasher = new DerivationHasher(store.derivations());
      lower = derivation("lower").output("out").build(hasher);
      StorePath drv = store.addDerivation(lower);
      upper = derivation("upper").input(drv, "out").output("out").build(hasher);
      StorePath _ = store.addDerivation(upper);
      output = lower.outputPath("out").orElseThrow();
      store.adopt(Files.writeString(temporary.resolve("tree"), "built"), output);
      store.registerOutputs(
          List.of(
              PathInfo.of(
                  output,
                  Nar.hash(store.physical(output)),
                  List.of(),
                  PathInfo.Origin.builtBy(drv, 1))));
    }
    key = done(builder.run("cache", "keygen", "demo-1", "secret")).out().strip();
    Session.Result _ =
        done(builder.run("cache", "push", cache, output.toString(), "--key-file", "secret"));
    try (LocalStore store = session.store()) {
      StorePath _ = store.addDerivation(lower);
      StorePath _ = store.addDerivation(upper);
    }
  }

  private static DerivationBuilder derivation(String name) {
    return Derivation.named(name).system("x86_64-linux").builder("/bin/sh");
  }

  private static Session.Result done(Session.Result result) {
    assertThat(result.status()).as(result.err()).isZero();
    return result;
  }

  private static String error(Session.Result result, int status) {
    assertThat(result.status()).as(result.err()).isEqualTo(status);
    assertThat(result.out()).isEmpty();
    return result.err().lines().filter(line -> line.startsWith("error: ")).findFirst().orElse("");
  }

  private String upperPath() {
    return upper.storePath().toString();
  }

  private Session.Result plan(String... more) {
    String[] start = {"store", "realise", "--dry-run", upperPath()};
    String[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return session.run(all);
  }

  @Test
  void whatIsThereIsNeitherBuiltNorFetched() throws Exception {
    assertThat(Session.lines(done(builder.run("store", "realise", "--dry-run", upperPath())).out()))
        .containsExactly("build " + upper.storePath());
    assertThat(
            done(builder.run("store", "realise", "--dry-run", lower.storePath().toString())).out())
        .isEmpty();
  }

  @Test
  void aPlanNamesDerivationsInTheOrderInWhichTheyAreBuilt() {
    assertThat(Session.lines(done(plan()).out()))
        .containsExactly("build " + lower.storePath(), "build " + upper.storePath());
    JsonNode json = done(plan("--json")).json();
    assertThat(json.get("build").valueStream().map(JsonNode::asString))
        .containsExactly(lower.storePath().toString(), upper.storePath().toString());
    assertThat(json.get("fetch").isEmpty()).isTrue();
  }

  @Test
  void whatACacheOffersIsFetchedAndNotBuilt() {
    String[] asking = {"--substituter", cache, "--trusted-key", key};
    assertThat(Session.lines(done(plan(asking)).out()))
        .containsExactly("fetch " + output, "build " + upper.storePath());
    JsonNode fetch =
        done(plan("--json", "--substituter", cache, "--trusted-key", key)).json().get("fetch");
    assertThat(fetch.size()).isOne();
    assertThat(fetch.get(0).get("path").asString()).isEqualTo(output.toString());
    assertThat(fetch.get(0).get("source").asString()).isEqualTo(cache);
    assertThat(fetch.get(0).get("downloadSize").asLong()).isPositive();
    assertThat(fetch.get(0).get("narSize").asLong()).isEqualTo(120);
  }

  @Test
  void whatNobodyTrustedSignedIsBuiltAndSaysWhatToType() {
    Session.Result planned = done(plan("--substituter", cache));
    assertThat(Session.lines(planned.out()))
        .containsExactly("build " + lower.storePath(), "build " + upper.storePath());
    assertThat(planned.err().lines().filter(line -> line.startsWith("warning: ")))
        .singleElement()
        .asString()
        .contains("signed by 'demo-1'", "--trusted-key 'demo-1:...'");
  }

  @Test
  void aCacheThatIsNoneIsSetAsideOnceAndTheNextIsAsked() {
    String none = "file://" + temporary.resolve("nothing");
    Session.Result planned =
        done(plan("--substituter", none, "--substituter", cache, "--trusted-key", key));
    assertThat(Session.lines(planned.out()))
        .containsExactly("fetch " + output, "build " + upper.storePath());
    assertThat(planned.err().lines().filter(line -> line.startsWith("warning: ")))
        .singleElement()
        .asString()
        .contains("'" + none + "'")
        .endsWith("; it is not asked again");
  }

  @Test
  void aDerivationOutsideOfTheStoreIsAddedUnderItsName() throws Exception {
    Derivation other =
        derivation("other")
            .output("out")
            .build(
                new DerivationHasher(
                    path -> {
                      throw new IllegalStateException("no derivation asks for " + path);
                    }));
    Files.write(session.folder().resolve("other.drv"), other.toBytes());
    Path physical = session.storeFolder().resolve(lower.storePath().toString().substring(1));

    Session.Result planned =
        done(session.run("store", "realise", "--dry-run", "other.drv", physical.toString()));
    assertThat(Session.lines(planned.out()))
        .containsExactlyInAnyOrder("build " + other.storePath(), "build " + lower.storePath());
    try (LocalStore store = session.store()) {
      assertThat(store.isValid(other.storePath())).isTrue();
    }
  }

  @Test
  void onlyDerivationsOfTheStoreAreRealised() throws Exception {
    StorePath text;
    try (LocalStore store = session.store()) {
      text = store.addText(new byte[] {1}, "text", Set.of());
    }
    assertThat(error(session.run("store", "realise", text.toString()), 2))
        .contains(text.toString());
    assertThat(error(session.run("store", "realise", "/nix/store/" + "1".repeat(32) + "-x.drv"), 1))
        .contains("1-x.drv");
    assertThat(error(session.run("store", "realise", "absent.drv"), 2)).contains("'absent.drv'");
  }

  @ParameterizedTest
  @CsvSource({
    "--jobs=0, --jobs takes a number above zero",
    "--jobs=many, not 'many'",
    "--jobs=1234567890, --jobs takes a number above zero",
    "--timeout=-1, --timeout takes a whole number of seconds",
    "--max-silent-time=1s, --max-silent-time takes a whole number of seconds",
    "--sandbox-path=/bin=bin, --sandbox-path takes absolute paths",
    "--trusted-key=demo-1:AAAA, --trusted-key is for --substituter",
    "--substituter=file:folder, is not the location of a cache",
    "--substituter=file:///a --substituter=nonsense, 'nonsense'",
    "--substituter=file:///a --trusted-key=x, --trusted-key"
  })
  void whatCannotBeMeantIsRefusedBeforeAnythingIsDone(String options, String message) {
    assertThat(error(plan(options.split(" ", -1)), 2)).contains(message);
  }

  @Test
  void limitsThatAreMeantAreTaken() {
    assertThat(
            done(plan(
                    "--jobs=3",
                    "--timeout=60",
                    "--max-silent-time=0",
                    "--keep-going",
                    "--sandbox-path=/bin",
                    "--sandbox-path=/bin/sh=/bin/dash"))
                .out())
        .isNotEmpty();
  }

  private Session.Result realise(Map<String, String> environment, String mirror) {
    return Session.with(
        environment,
        "-C",
        session.folder().toString(),
        "--store",
        session.storeFolder().toString(),
        "--repository",
        "debian=" + mirror,
        "store",
        "realise",
        lower.storePath().toString());
  }

  private void assertNothingWasBuilt() throws Exception {
    try (LocalStore store = session.store()) {
      assertThat(store.isValid(output)).isFalse();
      assertThat(store.verify(true)).isEmpty();
      assertThat(store.root().resolve("nix/var/nix/builds")).isEmptyDirectory();
    }
  }

  @Test
  void withoutItsOwnSandboxNothingIsBuiltWhereThatIsAskedFor() throws Exception {
    try (OneAnswer mirror = new OneAnswer()) {
      mirror.give("403 Forbidden", "");
      Session.Result result = realise(Map.of("SYNAPSE_OWN_BUBBLEWRAP", "1"), mirror.address());
      assertThat(error(result, 3)).contains(mirror.address(), "403");
    }
    assertNothingWasBuilt();
  }

  /// The same where none is installed, as in a closed room.
  @Test
  void withoutAnySandboxNothingIsBuiltAndTheHintSaysWhatToInstall() throws Exception {
    Assumptions.assumeFalse(
        Files.exists(Path.of("/usr/bin/bwrap")), "this machine has a bubblewrap");
    try (OneAnswer mirror = new OneAnswer()) {
      mirror.give("403 Forbidden", "");
      Session.Result result = realise(Map.of(), mirror.address());
      assertThat(error(result, 3)).startsWith("error: no sandbox, and ").contains("403");
      assertThat(result.err())
          .contains("synapse: no bubblewrap", "taking Synapse's own", "hint: install bubblewrap");
    }
    assertNothingWasBuilt();
  }

  @Test
  void whatIsThereIsPrintedAndNeedsNoSandbox() {
    String drv = lower.storePath().toString();

    assertThat(done(builder.run("store", "realise", drv)).out()).isEqualTo(output + "\n");
    JsonNode object = done(builder.run("store", "realise", drv, "--json")).json().get(0);
    assertThat(object.get("drvPath").asString()).isEqualTo(drv);
    assertThat(object.get("outputs").get("out").asString()).isEqualTo(output.toString());
    assertThat(object.get("built").asBoolean()).isFalse();
    assertThat(object.has("error")).isFalse();
  }

  @Test
  void whatACacheHasIsFetchedAndNeedsNoSandbox() throws Exception {
    String drv = lower.storePath().toString();

    Session.Result result =
        done(session.run("store", "realise", drv, "--substituter", cache, "--trusted-key", key));

    assertThat(result.out()).isEqualTo(output + "\n");
    assertThat(result.err()).contains("fetched " + output + " from " + cache);
    try (LocalStore store = session.store()) {
      assertThat(store.physical(output)).hasContent("built");
    }
  }
}
