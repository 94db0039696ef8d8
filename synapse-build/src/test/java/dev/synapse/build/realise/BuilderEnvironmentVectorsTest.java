package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.derivation.DerivationException;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.derivation.DerivationProblem;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The environments that real Nix gave to builders, made once more of the same derivations.
final class BuilderEnvironmentVectorsTest {
  private static final Path VECTORS =
      Path.of(
          "..", "synapse-store", "src", "test", "resources", "vectors", "nix", "builder-env.json");
  private static final int CASES = 12;
  private static final int CORES = 2;

  /// What the shell sets, and not Nix.
  private static final Set<String> OF_THE_SHELL = Set.of("SHLVL", "_");

  private static final Pattern SCRIPT = Pattern.compile("args = \\[ \"-c\" \"(.*)\" \\];");

  @TestFactory
  Stream<DynamicTest> buildersSeeWhatTheySawInNix() throws Exception {
    JsonNode cases = JsonMapper.shared().readTree(Files.readAllBytes(VECTORS)).required("cases");
    assertThat(cases.size()).isEqualTo(CASES);
    return cases
        .valueStream()
        .map(each -> DynamicTest.dynamicTest(each.required("id").asString(), () -> check(each)));
  }

  private static void check(JsonNode each) throws Exception {
    Derivation derivation = derivation(each);
    SortedMap<String, String> given = strings(each.required("drv_env"));
    derivation
        .outputPaths()
        .forEach((name, path) -> assertThat(given).containsEntry(name, path.toString()));
    SortedMap<String, String> expected = strings(each.required("builder_sees"));
    expected.keySet().removeAll(OF_THE_SHELL);
    String folder = expected.getOrDefault("PWD", "");
    if (expected.containsKey("NIX_ATTRS_SH_FILE")) {
      // As the builder sees it, which later versions of Nix do as well.
      expected.put("NIX_ATTRS_SH_FILE", folder + "/.attrs.sh");
      expected.put("NIX_ATTRS_JSON_FILE", folder + "/.attrs.json");
    }
    if (expected.containsKey("NIX_OUTPUT_CHECKED")) {
      // Nothing of the caller's; and the path itself, where Nix has another for the time being.
      expected.put("SOME_SET_VARIABLE", "");
      expected.put("out", given.getOrDefault("out", ""));
      expected.put("o", given.getOrDefault("out", ""));
    }

    BuilderEnvironment environment =
        BuilderEnvironment.of(
            derivation,
            Attributes.of(derivation.storePath(), derivation),
            derivation.outputPaths(),
            Map.of(),
            folder,
            CORES);

    SortedMap<String, String> actual = new TreeMap<>();
    environment.variables().forEach((name, value) -> actual.put(name.utf8(), value.utf8()));
    assertThat(actual).isEqualTo(expected);
    if (expected.containsKey("bigPath")) {
      String file = expected.getOrDefault("bigPath", "").substring(folder.length() + 1);
      assertThat(environment.files()).containsOnly(Map.entry(file, ByteString.of("x")));
    }
  }

  /// The derivation with the output paths that we compute for it.
  private static Derivation derivation(JsonNode each) throws Exception {
    JsonNode environment = each.required("drv_env");
    SortedMap<String, String> variables = strings(environment);
    JsonNode named = environment;
    if (environment.has("__json")) {
      named = JsonMapper.shared().readTree(environment.required("__json").asString());
    }
    Matcher script = SCRIPT.matcher(each.required("expr").asString());
    assertThat(script.find()).isTrue();
    DerivationBuilder builder =
        Derivation.named(named.required("name").asString())
            .system(named.required("system").asString())
            .builder(named.required("builder").asString())
            .arg("-c")
            .arg(script.group(1).replace("${placeholder \"out\"}", Derivation.placeholder("out")));
    if (variables.containsKey("outputHash")) {
      Hash zero = Hash.ofDigest(HashAlgorithm.SHA256, new byte[HashAlgorithm.SHA256.size()]);
      builder.fixedOutput(false, zero);
    } else {
      for (String output : variables.getOrDefault("outputs", "out").split(" ", -1)) {
        builder.output(output);
      }
    }
    variables.forEach(builder::env);
    return builder.build(new DerivationHasher(BuilderEnvironmentVectorsTest::none));
  }

  private static Derivation none(StorePath path) throws DerivationException {
    throw new DerivationException(new DerivationProblem.Missing(path));
  }

  private static SortedMap<String, String> strings(JsonNode object) {
    SortedMap<String, String> strings = new TreeMap<>();
    object.properties().forEach(each -> strings.put(each.getKey(), each.getValue().asString()));
    return strings;
  }
}
