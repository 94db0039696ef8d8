package dev.synapse.store.derivation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.vectors.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The expressions that the derivations of the vectors come from, and the files they name.
final class ExpressionVectorsTest {
  private static final Path FOLDER = Path.of("src", "test", "resources", "vectors", "nix", "drv");
  private static final int EXPRESSIONS = 17;
  private static final int ROOTS = 124;
  private static final int DERIVATIONS = 220;
  private static final int SOURCES = 8;

  @TempDir Path folder;

  @Test
  void theFilesHaveThePathsThatNixGaveThem() throws Exception {
    JsonNode sources = Vectors.json("drv/index.json").get("sources");
    Map<String, Path> named = new TreeMap<>();
    for (String name : List.of("builder.sh", "plain.txt", "tree")) {
      named.put(name, FOLDER.resolve("srcs").resolve(name));
    }
    int seen = 0;
    Path root = folder.resolve("root");
    try (LocalStore store = LocalStore.open(root)) {
      for (Map.Entry<String, Path> each : named.entrySet()) {
        StorePath path = store.addTree(each.getValue(), each.getKey());
        assertThat(sources.has(path.toString())).as(path.toString()).isTrue();
        assertThat(store.find(path).orElseThrow().narHash().toSri())
            .isEqualTo(sources.get(path.toString()).get("nar_sha256").get("sri").asString());
        seen++;
      }
      StorePath filtered =
          store.addTree(
              FOLDER.resolve("srcs/tree"), each -> each.getNameCount() == 1, "filtered-tree");
      assertThat(sources.has(filtered.toString())).as(filtered.toString()).isTrue();
      seen++;
    } finally {
      Nix.makeDeletable(root);
    }
    assertThat(seen).isEqualTo(4);
  }

  @Test
  void realNixMakesTheSameDerivationsOfThem() throws Exception {
    Nix.assume();
    JsonNode index = Vectors.json("drv/index.json");
    List<String> command = new ArrayList<>();
    List<String> roots = new ArrayList<>();
    for (JsonNode each : index.get("cases")) {
      command.add(FOLDER.resolveSibling(each.get("expr").asString()).toAbsolutePath().toString());
      each.get("roots").forEach(root -> roots.add(root.asString()));
    }
    assertThat(command).hasSize(EXPRESSIONS);
    assertThat(roots).hasSize(ROOTS);
    Nix nix = new Nix(folder.resolve("root"), folder);
    try {
      assertThat(nix.instantiate(command).stream().map(line -> line.replaceAll("!.*", "")))
          .containsExactlyInAnyOrderElementsOf(roots);

      Map<String, byte[]> derivations = new HashMap<>();
      TreeSet<String> sources = new TreeSet<>();
      try (LocalStore store = LocalStore.open(nix.root())) {
        for (StorePath path : store.allValid()) {
          if (path.isDerivation()) {
            assertThat(store.readDerivation(path).toBytes())
                .isEqualTo(Files.readAllBytes(store.physical(path)));
            derivations.put(path.toString(), Files.readAllBytes(store.physical(path)));
          } else {
            sources.add(path.toString());
          }
        }
        assertThat(store.verify(true)).isEmpty();
      }
      assertThat(derivations).hasSize(DERIVATIONS);
      for (JsonNode each : index.get("derivations")) {
        assertThat(derivations.get(each.get("drv_path").asString()))
            .isEqualTo(Vectors.bytes(each.get("file").asString()));
      }
      assertThat(sources)
          .hasSize(SOURCES)
          .containsExactlyElementsOf(new TreeSet<>(names(index.get("sources"))));
    } finally {
      Nix.makeDeletable(nix.root());
    }
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }
}
