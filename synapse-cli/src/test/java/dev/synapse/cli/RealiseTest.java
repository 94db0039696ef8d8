package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `store realise` of what a project's build wrote.
final class RealiseTest {
  @TempDir private Path home;

  @Test
  void asJsonEveryDerivationIsAnObject() throws Exception {
    SmallProject project =
        SmallProject.in(home).add("good", "echo made >$out").add("bad", "echo no; exit 1");
    String good = read(project.build(".#good", "--json").out()).required("drvPath").asString();
    String bad = read(project.build(".#bad", "--json").out()).required("drvPath").asString();

    var result = project.program().run("store", "realise", "--json", good, bad);

    assertThat(result.status()).isEqualTo(1);
    JsonNode objects = read(result.out());
    assertThat(objects.size()).isEqualTo(2);
    assertThat(objects.get(0).required("drvPath").asString()).isEqualTo(good);
    assertThat(objects.get(0).required("outputs").required("out").asString()).endsWith("-good-1.0");
    assertThat(objects.get(0).required("built").asBoolean()).isFalse();
    assertThat(objects.get(1).required("drvPath").asString()).isEqualTo(bad);
    assertThat(objects.get(1).required("outputs").isEmpty()).isTrue();
    assertThat(objects.get(1).required("error").asString()).contains("exited with code 1");
  }

  /// Three derivations of this machine's shell: the second fails, the third needs the first.
  private record Graph(SmallProject project, String good, String bad, String top) {
    static Graph in(Path home) throws Exception {
      SmallProject project = SmallProject.in(home);
      try (LocalStore store = LocalStore.open(project.storeFolder())) {
        StorePath good = shell(store, "good", "echo > $out", List.of());
        StorePath bad = shell(store, "bad", "echo left > behind; exit 3", List.of());
        StorePath top = shell(store, "top", "echo $uses > $out", List.of(good));
        return new Graph(project, good.toString(), bad.toString(), top.toString());
      }
    }

    private static StorePath shell(
        LocalStore store, String name, String script, List<StorePath> inputs) throws Exception {
      DerivationBuilder builder =
          Derivation.named(name)
              .system("x86_64-linux")
              .builder("/bin/sh")
              .arg("-ec")
              .arg(script)
              .output("out");
      for (StorePath input : inputs) {
        builder
            .input(input, "out")
            .env("uses", store.readDerivation(input).outputPath("out").orElseThrow().toString());
      }
      return store.addDerivation(builder.build(new DerivationHasher(store.derivations())));
    }

    Program.Result realise(String... more) throws Exception {
      List<String> words = new ArrayList<>(List.of("store", "realise"));
      for (String each : List.of("/usr", "/bin", "/lib", "/lib64")) {
        if (Files.exists(Path.of(each))) {
          words.add("--sandbox-path=" + each);
        }
      }
      words.addAll(List.of(more));
      return project.program().run(words.toArray(String[]::new));
    }
  }

  @Test
  void aDryRunSaysWhatWouldBeBuiltAndBuildsNothing() throws Exception {
    Graph graph = Graph.in(home);

    assertThat(graph.realise("--dry-run", graph.top()).out())
        .isEqualTo("build %s\nbuild %s\n".formatted(graph.good(), graph.top()));
    JsonNode plan = read(graph.realise("--dry-run", "--json", graph.top()).out());
    assertThat(plan.required("build")).hasSize(2);
    assertThat(plan.required("fetch")).isEmpty();
    assertThat(graph.realise("--jobs", "2", graph.top()).out()).endsWith("-top\n");
    assertThat(graph.realise("--dry-run", graph.top()).out()).isEmpty();
  }

  @Test
  void afterAFailureTheRestIsBuiltWhenItKeepsGoing() throws Exception {
    Graph graph = Graph.in(home);

    var result =
        graph.realise(
            "--jobs=1", "--keep-going", "--keep-failed", "--json", graph.bad(), graph.top());

    assertThat(result.status()).isEqualTo(1);
    JsonNode objects = read(result.out());
    assertThat(objects.get(0).required("error").asString()).contains("exited with code 3");
    assertThat(objects.get(1).required("built").asBoolean()).isTrue();
    assertThat(result.err().lines().filter(line -> line.startsWith("hint: its build directory")))
        .singleElement()
        .satisfies(
            line ->
                assertThat(Path.of(line.substring(line.indexOf("/"))).resolve("behind"))
                    .hasContent("left\n"));
  }

  @Test
  void numbersThatAreNoneAreRefused() throws Exception {
    Graph graph = Graph.in(home);

    for (String option : List.of("--jobs=0", "--jobs=x", "--timeout=-1", "--max-silent-time=1.5")) {
      var result = graph.realise(option, graph.good());
      assertThat(result.status()).as(option).isEqualTo(2);
      assertThat(result.error()).contains(option.substring(0, option.indexOf('=')));
    }
    assertThat(graph.realise("--timeout=60", "--max-silent-time=0", graph.good()).status())
        .isZero();
  }

  private static JsonNode read(String document) {
    return JsonMapper.shared().readTree(document);
  }
}
