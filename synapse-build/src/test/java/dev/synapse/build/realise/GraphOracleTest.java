package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.path.StorePath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A random graph of many derivations, realised by Nix and by Synapse: the same outputs.
@Timeout(900)
final class GraphOracleTest {
  private static final int SIZE = Integer.getInteger("synapse.test.graph", 1000);
  private static final int MOST_INPUTS = 4;
  private static final int MOST_OUTPUTS = 3;

  @TempDir private Path folder;

  /// Every derivation has up to three outputs and uses some outputs of up to three before it.
  private static List<StorePath> graph(LocalStore store, long seed, int size) throws Exception {
    var random = new Random(seed);
    List<StorePath> made = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      DerivationBuilder builder =
          RealNix.shell(
              "n" + i, "for o in $outputs; do eval \"p=\\$$o\"; echo $o $uses > $p; done");
      List<String> outputs =
          List.of("out", "dev", "doc").subList(0, 1 + random.nextInt(MOST_OUTPUTS));
      outputs.forEach(builder::output);
      builder.env("outputs", String.join(" ", outputs));
      var uses = new StringBuilder();
      for (int left = i == 0 ? 0 : random.nextInt(MOST_INPUTS); left > 0; left--) {
        StorePath input = made.get(random.nextInt(made.size()));
        List<String> names = List.copyOf(store.readDerivation(input).outputPaths().keySet());
        String name = names.get(random.nextInt(names.size()));
        builder.input(input, name);
        uses.append(store.readDerivation(input).outputPath(name).orElseThrow()).append(' ');
      }
      made.add(RealNix.add(store, builder.env("uses", uses.toString())));
    }
    return made;
  }

  private static Realiser realiser(LocalStore store, SandboxRunner runner) {
    return new Realiser(
        store,
        runner,
        new EventBus(),
        new RealiseSettings(Limits.NONE, 1, false, RealNix.hostMounts()));
  }

  @Test
  void aRandomGraphHasTheOutputsThatNixGets() throws Exception {
    long seed = Long.getLong("synapse.test.seed", 20_250_611);
    System.out.println("graph of " + SIZE + " derivations, seed " + seed);
    Path theirs = folder.resolve("theirs");
    var nix = new RealNix(folder);
    nix.assumeBuilds(theirs);
    try (LocalStore nixStore = LocalStore.open(theirs);
        LocalStore store = LocalStore.open(folder.resolve("ours"));
        SandboxRunner runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"))) {
      List<StorePath> graph = graph(store, seed, SIZE);
      assertThat(graph(nixStore, seed, SIZE)).isEqualTo(graph);
      assertThat(nix.realise(theirs, graph, "-j2")).as("status of Nix").isZero();

      Realisation result = realiser(store, runner).realise(graph, new Schedule(2, false));

      assertThat(result.succeeded()).isTrue();
      assertThat(result.results()).hasSize(SIZE);
      int outputs = 0;
      for (StorePath derivation : graph) {
        for (StorePath output : store.readDerivation(derivation).outputPaths().values()) {
          PathInfo ours = store.find(output).orElseThrow();
          PathInfo nixs = nixStore.find(output).orElseThrow();
          assertThat(ours.nar()).as(output.toString()).isEqualTo(nixs.nar());
          assertThat(ours.references()).isEqualTo(nixs.references());
          assertThat(ours.deriver()).isEqualTo(nixs.deriver());
          outputs++;
        }
      }
      assertThat(outputs).isGreaterThan(SIZE);
      assertThat(store.verify(true)).isEmpty();
    }
  }

  @Test
  void twoOfUsAndNixWorkOnOneStoreTogether() throws Exception {
    Path root = folder.resolve("store");
    var nix = new RealNix(folder);
    nix.assumeBuilds(root);
    int size = 120;
    try (LocalStore first = LocalStore.open(root);
        LocalStore second = LocalStore.open(root);
        SandboxRunner runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"))) {
      List<StorePath> graph = graph(first, 7, size);
      Process other = nix.start(root, graph, "-j1");
      List<Realisation> results = new ArrayList<>();
      try (var threads = java.util.concurrent.Executors.newFixedThreadPool(2)) {
        var running =
            List.of(
                threads.submit(
                    () -> realiser(first, runner).realise(graph, new Schedule(1, false))),
                threads.submit(
                    () ->
                        realiser(second, runner).realise(graph.reversed(), new Schedule(2, true))));
        for (var each : running) {
          results.add(each.get());
        }
      }
      assertThat(other.waitFor()).as(nix.said()).isZero();

      assertThat(results).allMatch(Realisation::succeeded);
      assertThat(
              results.stream()
                  .flatMap(each -> each.results().values().stream())
                  .filter(RealiseResult.Built.class::isInstance)
                  .map(RealiseResult::derivation))
          .as("nothing is built twice")
          .doesNotHaveDuplicates();
      assertThat(first.verify(true)).isEmpty();
    }
  }
}
