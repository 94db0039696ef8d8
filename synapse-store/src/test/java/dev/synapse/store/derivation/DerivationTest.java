package dev.synapse.store.derivation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StorePath;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Building derivations, and graphs that are deep or go in a circle.
final class DerivationTest {
  private static final int DEEP = 12_000;
  private static final StorePath LOOP = new StorePath("0".repeat(32), "loop.drv");

  private final Map<StorePath, Derivation> store = new HashMap<>();
  private final DerivationHasher hasher = new DerivationHasher(this::read);

  private Derivation read(StorePath path) throws DerivationException {
    Derivation derivation = store.get(path);
    if (derivation == null) {
      throw new DerivationException(new DerivationProblem.Missing(path));
    }
    return derivation;
  }

  private static DerivationBuilder named(String name) {
    return Derivation.named(name)
        .system("x86_64-linux")
        .builder("/bin/sh")
        .env("builder", "/bin/sh")
        .env("name", name)
        .env("system", "x86_64-linux");
  }

  @Test
  void theBuilderMakesWhatNixMakes() throws Exception {
    Derivation simple =
        named("simple").arg("-c").arg("echo hello > $out").output("out").build(hasher);
    assertThat(simple.storePath())
        .hasToString("/nix/store/3ghsl9sd83mc26i81adpa2fzf3yw4f68-simple.drv");
    assertThat(simple.outputPaths().get("out"))
        .hasToString("/nix/store/94f9f6i31zwzwbf0kclq1naqxxi4c7v9-simple");
  }

  @Test
  void theWayToFetchAFixedOutputDoesNotMoveWhatIsBuiltFromIt() throws Exception {
    Hash hash = Hash.of(HashAlgorithm.SHA256, new byte[] {1});
    Derivation one = named("source").env("url", "a").fixedOutput(false, hash).build(hasher);
    Derivation other = named("source").env("url", "b").fixedOutput(false, hash).build(hasher);
    store.put(one.storePath(), one);
    store.put(other.storePath(), other);
    Derivation fromOne = named("x").input(one.storePath(), "out").output("out").build(hasher);
    Derivation fromOther = named("x").input(other.storePath(), "out").output("out").build(hasher);

    assertThat(one.storePath()).isNotEqualTo(other.storePath());
    assertThat(fromOne.storePath()).isNotEqualTo(fromOther.storePath());
    assertThat(fromOne.outputPaths()).isEqualTo(fromOther.outputPaths());
  }

  @Test
  void aDeepGraphInWhichEachUsesTheTwoBeforeItIsHashed() throws Exception {
    StorePath before = null;
    StorePath last = null;
    DerivationHasher writing = new DerivationHasher(this::read);
    for (int index = 0; index < DEEP; index++) {
      DerivationBuilder next = named("n" + index).output("out");
      if (before != null) {
        next.input(before, "out");
      }
      if (last != null) {
        next.input(last, "out");
      }
      Derivation derivation = next.build(writing);
      before = last;
      last = derivation.storePath();
      store.put(last, derivation);
    }
    Derivation deepest = store.get(requireNonNull(last));
    assertThat(hasher.unmasked(requireNonNull(deepest))).isEqualTo(writing.unmasked(deepest));
    deepest.check(hasher);
  }

  @Test
  void aDerivationThatBuildsOnItselfIsRefused() throws Exception {
    Derivation loop =
        Derivation.parse(
            "Derive([(\"out\",\"\",\"\",\"\")],[(\"%s\",[\"out\"])],[],\"s\",\"b\",[],[])"
                .formatted(LOOP)
                .getBytes(java.nio.charset.StandardCharsets.UTF_8),
            "loop");
    store.put(LOOP, loop);
    assertThatThrownBy(() -> hasher.masked(loop))
        .isInstanceOfSatisfying(
            DerivationException.class,
            e -> assertThat(e.problem()).isEqualTo(new DerivationProblem.Cycle(LOOP)));
  }

  @Test
  void anOutputThatAnInputDoesNotHaveIsRefused() throws Exception {
    Derivation simple = named("simple").output("out").build(hasher);
    store.put(simple.storePath(), simple);
    DerivationBuilder user = named("user").input(simple.storePath(), "dev").output("out");
    assertThatThrownBy(() -> user.build(hasher))
        .isInstanceOfSatisfying(
            DerivationException.class,
            e ->
                assertThat(e.problem())
                    .isEqualTo(new DerivationProblem.NoSuchOutput("simple.drv", "dev")));
  }

  @Test
  void placeholdersAreNixs() {
    assertThat(Derivation.placeholder("out"))
        .isEqualTo("/1rz4g4znpzjwh1xymhjpm42vipw92pr73vdgl6xs1hycac8kf2n9");
  }

  @Test
  void whatCannotBeADerivationCannotBeMade() {
    assertThatThrownBy(() -> named("x").build(hasher)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> named("x.drv").output("out").build(hasher))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> named("x").output("out").system("a\"b").build(hasher))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> named("x".repeat(208)).output("out").build(hasher))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anImpureOutputIsReadAsItIsWrittenAndHasNoPath() throws Exception {
    String term =
        "Derive([(\"out\",\"\",\"r:sha256\",\"impure\")],[],[],\"x86_64-linux\",\"/bin/sh\",[],"
            + "[(\"out\",\"%s\")])".formatted(Derivation.placeholder("out"));
    byte[] bytes = term.getBytes(StandardCharsets.UTF_8);
    Derivation impure = Derivation.parse(bytes, "x");

    assertThat(impure.outputs().get("out"))
        .isEqualTo(new DerivationOutput.Impure(true, HashAlgorithm.SHA256));
    assertThat(impure.toBytes()).isEqualTo(bytes);
    assertThat(impure.outputPath("out")).isEmpty();
    assertThat(impure.outputPath("absent")).isEmpty();
    store.put(impure.storePath(), impure);
    HashModulo modulo = hasher.masked(impure);
    assertThat(modulo.deferred()).isTrue();
    assertThat(modulo.of("out"))
        .isEqualTo(Hash.of(HashAlgorithm.SHA256, "impure".getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> modulo.of("absent"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no output 'absent'");
    Derivation user = named("user").input(impure.storePath(), "out").output("out").build(hasher);
    assertThat(user.outputPath("out")).as("not before the impure one is built").isEmpty();
  }

  private static DerivationProblem problem(String term) {
    return catchThrowableOfType(
            DerivationException.class,
            () -> Derivation.parse(term.getBytes(StandardCharsets.UTF_8), "x"))
        .problem();
  }

  @Test
  void whatCouldNotBeWrittenBackIsRefused() {
    String outputs = "[(\"out\",\"\",\"\",\"\")]";
    String input = "/nix/store/" + LOOP.baseName();
    assertThat(problem("Derive(%s,[],[],\"a\\\"b\",\"/b\",[],[])".formatted(outputs)).message())
        .contains("no system without quotes and backslashes");
    assertThat(
            problem(
                "Derive(%s,[(\"%s\",[\"a b\"])],[],\"s\",\"/b\",[],[])".formatted(outputs, input)))
        .isEqualTo(new DerivationProblem.BadOutput("x", "a b", "it gives no name for a path"));
    for (String hash : List.of("", "impure")) {
      assertThat(
              problem(
                  "Derive([(\"out\",\"%s\",\"sha256\",\"%s\")],[],[],\"s\",\"/b\",[],[])"
                      .formatted(input, hash)))
          .isEqualTo(
              new DerivationProblem.BadOutput(
                  "x", "out", "it has a path, but the hash that gives it is not there"));
    }
  }
}
