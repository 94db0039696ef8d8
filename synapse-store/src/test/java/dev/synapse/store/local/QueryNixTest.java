package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.graph.ReferenceDiagram;
import dev.synapse.store.graph.ReferenceTree;
import dev.synapse.store.graph.References;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.RandomGraph;
import dev.synapse.store.oracle.Seeds;
import dev.synapse.store.path.StorePath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is asked of a random graph has the answer that real Nix gives, line by line.
final class QueryNixTest {
  private static final int SIZE = 60;
  private static final int ASKED = 20;

  @TempDir Path folder;
  private final long seed = Seeds.of("queries of a random graph", 13);
  private LocalStore store;
  private Nix nix;
  private List<StorePath> asked;

  @BeforeEach
  void grow() throws Exception {
    Nix.assume();
    nix = new Nix(folder.resolve("root"), folder);
    store = LocalStore.open(nix.root());
    RandomGraph graph = new RandomGraph(store, seed);
    graph.grow(SIZE);
    asked = graph.paths().reversed().subList(0, ASKED);
  }

  @AfterEach
  void close() throws Exception {
    if (store != null) {
      store.close();
      Deletion.delete(nix.root());
    }
  }

  private interface Query {
    Collection<?> ask(StorePath path) throws Exception;
  }

  private void agree(String option, Query ours) throws Exception {
    for (StorePath path : asked) {
      List<String> lines = new ArrayList<>();
      for (Object each : ours.ask(path)) {
        lines.add(each.toString());
      }
      assertThat(lines)
          .as("seed %d: %s %s", seed, option, path)
          .containsExactlyElementsOf(nix.store("--query", option, path.toString()));
    }
  }

  private List<StorePath> ordered(Collection<StorePath> paths) throws Exception {
    return store.inDependencyOrder(paths);
  }

  @Test
  void references() throws Exception {
    agree("--references", path -> ordered(store.references(path)));
  }

  @Test
  void referrers() throws Exception {
    agree("--referrers", path -> ordered(store.referrers(path)));
    agree("--referrers-closure", path -> ordered(store.referrersClosure(path)));
  }

  @Test
  void requisites() throws Exception {
    agree("--requisites", path -> ordered(store.closure(List.of(path))));
    List<String> all = new ArrayList<>(List.of("--query", "--requisites"));
    asked.forEach(path -> all.add(path.toString()));
    assertThat(ordered(store.closure(asked)).stream().map(StorePath::toString))
        .containsExactlyElementsOf(nix.store(all.toArray(String[]::new)));
  }

  @Test
  void derivers() throws Exception {
    agree(
        "--deriver",
        path -> store.deriver(path).map(List::<Object>of).orElse(List.of("unknown-deriver")));
  }

  @Test
  void trees() throws Exception {
    agree(
        "--tree",
        path -> {
          List<String> lines = new ArrayList<>();
          References references = store.referencesWithin(List.of(path));
          ReferenceTree.draw(
              path,
              references,
              (indent, each, _, again) -> lines.add(ReferenceTree.text(indent, each, again)));
          return lines;
        });
  }

  @Test
  void diagrams() throws Exception {
    agree(
        "--graph",
        path -> {
          StringBuilder text = new StringBuilder();
          ReferenceDiagram.write(List.of(path), store.referencesWithin(List.of(path)), text);
          return text.toString().lines().toList();
        });
  }

  @Test
  void whatIsAskedAtOnceIsWhatIsAskedOneByOne() throws Exception {
    References within = store.referencesWithin(asked);
    for (StorePath path : store.closure(asked)) {
      assertThat(within.of(path)).isEqualTo(store.references(path));
    }
    assertThat(new TreeSet<>(store.closure(asked))).isNotEmpty();
  }
}
