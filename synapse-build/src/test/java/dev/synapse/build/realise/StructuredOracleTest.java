package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Structured attributes, as real Nix gives them to builders.
@Timeout(300)
final class StructuredOracleTest {
  private static final int RANDOM_DERIVATIONS = 60;

  @TempDir private Path folder;

  private static DerivationBuilder bash(String name, String json, String script) {
    return Derivation.named(name)
        .system("x86_64-linux")
        .builder("/bin/bash")
        .arg("-ec")
        .arg(". ./.attrs.sh; " + script)
        .env("__json", json)
        .output("out");
  }

  private static String showing(Random random) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (int left = 12; left > 0; left--) {
      attributes.put(key(random), value(random, 3));
    }
    // Numbers as evaluators write them, which an object mapper would write otherwise.
    String json = JsonMapper.shared().writeValueAsString(attributes);
    String numbers =
        List.of("1e+10", "2.5e-07", "-0.5", "1.23457e+06", "3e+20", "0.001", "12345.6", "-2e-05")
            .get(random.nextInt(8));
    return json.substring(0, json.length() - 1) + ",\"number\":" + numbers + "}";
  }

  private static String key(Random random) {
    return random.nextInt(4) == 0
        ? text(random)
        : List.of(
                "a", "B_2", "_x", "zeta", "é", "two words", "9nine", "𝄞", "\uFFFD", "outputs", "q")
            .get(random.nextInt(11));
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (int left = random.nextInt(8); left > 0; left--) {
      text.append(
          List.of(
                  "a", "'", "\"", "\\", "\n", "\t", "\u0001", "\u001f", "\u007f", "é", "😀", "/",
                  "$x")
              .get(random.nextInt(13)));
    }
    return text.toString();
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> text(random);
      case 1 -> random.nextInt(2000) - 1000;
      case 2 -> random.nextLong();
      case 3 -> random.nextBoolean();
      case 4 -> (random.nextInt(4000) - 2000) / 4.0;
      case 5 -> text(random);
      case 6, 7 -> {
        List<Object> list = new ArrayList<>();
        for (int left = random.nextInt(4); left > 0; left--) {
          list.add(value(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int left = random.nextInt(4); left > 0; left--) {
          map.put(key(random), value(random, depth - 1));
        }
        yield map;
      }
    };
  }

  @Test
  void buildersFindTheFilesThatNixWrites() throws Exception {
    long seed = Long.getLong("synapse.test.seed", 20_250_612);
    System.out.println("structured attributes, seed " + seed);
    Path theirs = folder.resolve("theirs");
    var nix = new RealNix(folder);
    nix.assumeBuilds(theirs);
    try (LocalStore nixStore = LocalStore.open(theirs);
        LocalStore store = LocalStore.open(folder.resolve("ours"));
        SandboxRunner runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"))) {
      List<StorePath> derivations = new ArrayList<>();
      var random = new Random(seed);
      for (int i = 0; i < RANDOM_DERIVATIONS; i++) {
        // Shell code would not survive every attribute: the files are only copied.
        DerivationBuilder builder =
            Derivation.named("random" + i)
                .system("x86_64-linux")
                .builder("/bin/bash")
                .arg("-ec")
                .arg("/bin/cat .attrs.json .attrs.sh > " + Derivation.placeholder("out"))
                .env("__json", showing(random))
                .output("out");
        StorePath added = RealNix.add(store, builder);
        assertThat(RealNix.add(nixStore, builder)).isEqualTo(added);
        derivations.add(added);
      }
      assertThat(nix.realise(theirs, derivations, "-j2")).as(nix.said()).isZero();

      assertThat(realiser(store, runner).realise(derivations, new Schedule(2, false)).failures())
          .isEmpty();

      for (StorePath derivation : derivations) {
        StorePath out = store.readDerivation(derivation).outputPath("out").orElseThrow();
        assertThat(Files.readString(store.physical(out), StandardCharsets.UTF_8))
            .isEqualTo(Files.readString(nixStore.physical(out), StandardCharsets.UTF_8));
      }
    }
  }

  /// Values of `outputChecks`, and whether Nix takes an output `out` that holds the path `near`,
  /// which itself refers to `deep`.
  static Map<String, Boolean> checks(StorePath near, StorePath deep) {
    Map<String, Boolean> checks = new LinkedHashMap<>();
    checks.put("{}", true);
    checks.put("{\"out\":{\"maxSize\":400}}", true);
    checks.put("{\"out\":{\"maxSize\":100}}", false);
    checks.put("{\"out\":{\"maxClosureSize\":4000}}", true);
    checks.put("{\"out\":{\"maxClosureSize\":300}}", false);
    checks.put("{\"doc\":{\"maxSize\":1}}", true);
    checks.put("{\"out\":{\"allowedReferences\":[\"" + near + "\"]}}", true);
    checks.put("{\"out\":{\"allowedReferences\":[]}}", false);
    checks.put("{\"out\":{\"disallowedReferences\":[\"" + deep + "\"]}}", true);
    checks.put("{\"out\":{\"disallowedRequisites\":[\"" + deep + "\"]}}", false);
    checks.put("{\"out\":{\"allowedRequisites\":[\"" + near + "\",\"" + deep + "\"]}}", false);
    checks.put(
        "{\"out\":{\"allowedRequisites\":[\"out\",\"" + near + "\",\"" + deep + "\"]}}", true);
    checks.put("{\"out\":{\"disallowedRequisites\":[\"out\"]}}", false);
    return checks;
  }

  /// The same derivations in every store, and whether Nix's rules let them be built.
  private static Map<StorePath, Boolean> checked(LocalStore store) throws Exception {
    StorePath deep = store.addText("deep".getBytes(StandardCharsets.UTF_8), "deep", Set.of());
    StorePath near = store.addText("near".getBytes(StandardCharsets.UTF_8), "near", Set.of(deep));
    Map<String, Boolean> checks = checks(near, deep);
    checks.put("{\"out\":{\"allowedReferences\":[\"nonsense\"]}}", false);
    Map<StorePath, Boolean> added = new LinkedHashMap<>();
    int number = 0;
    for (var check : checks.entrySet()) {
      added.put(
          RealNix.add(
              store,
              bash(
                      "checked" + number++,
                      "{\"near\":\"%s\",\"outputChecks\":%s}".formatted(near, check.getKey()),
                      "echo $near > ${outputs[out]}")
                  .source(near)),
          check.getValue());
    }
    added.put(
        RealNix.add(
            store,
            bash(
                    "graph",
                    "{\"exportReferencesGraph\":{\"g\":[\"%s\"],\"h\":[\"%s\"]}}"
                        .formatted(near, deep),
                    "/bin/cat .attrs.json > ${outputs[out]}")
                .source(near)),
        true);
    added.put(
        RealNix.add(
            store,
            bash("features", "{\"requiredSystemFeatures\":[\"nonsense\"]}", "> ${outputs[out]}")),
        false);
    return added;
  }

  @Test
  void checksOfOutputsAllowAndForbidWhatTheyDoInNix() throws Exception {
    Path theirs = folder.resolve("theirs");
    var nix = new RealNix(folder);
    nix.assumeBuilds(theirs);
    try (LocalStore nixStore = LocalStore.open(theirs);
        LocalStore store = LocalStore.open(folder.resolve("ours"));
        SandboxRunner runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"))) {
      Map<StorePath, Boolean> derivations = checked(store);
      assertThat(checked(nixStore)).isEqualTo(derivations);
      for (StorePath each : derivations.keySet()) {
        int _ = nix.realise(theirs, List.of(each)); // one by one: some refusals end all of a run
      }

      Realisation result =
          realiser(store, runner).realise(derivations.keySet(), new Schedule(2, true));

      for (var each : derivations.entrySet()) {
        StorePath out = store.readDerivation(each.getKey()).outputPath("out").orElseThrow();
        assertThat(nixStore.isValid(out)).as("Nix builds " + each).isEqualTo(each.getValue());
        assertThat(store.isValid(out))
            .as("Synapse builds " + each + result.of(each.getKey()))
            .isEqualTo(each.getValue());
        if (each.getValue()) {
          assertThat(store.find(out).orElseThrow().nar())
              .isEqualTo(nixStore.find(out).orElseThrow().nar());
        }
      }
    }
  }

  private static Realiser realiser(LocalStore store, SandboxRunner runner) {
    return new Realiser(
        store,
        runner,
        new EventBus(),
        new RealiseSettings(Limits.NONE, 1, false, RealNix.hostMounts()));
  }
}
