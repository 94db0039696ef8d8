package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real Nix, where it is installed and can build, builds the same derivations, and must come to the
/// same end: the same bytes, or no output at all.
@Timeout(300)
final class NixOracleTest {
  @TempDir private Path folder;

  private static DerivationBuilder shell(String name, String script) {
    return RealNix.shell(name, script).output("out");
  }

  private static StorePath text(LocalStore store, String name, Set<StorePath> references)
      throws IOException {
    return store.addText(references.toString().getBytes(StandardCharsets.UTF_8), name, references);
  }

  /// The same derivations in every store, and whether Nix's rules let them be built.
  private static Map<StorePath, Boolean> derivations(LocalStore store) throws Exception {
    StorePath deep = text(store, "deep", Set.of());
    StorePath near = text(store, "near", Set.of(deep));
    StorePath inner = RealNix.add(store, shell("inner", "echo inner > $out"));
    Map<DerivationBuilder, Boolean> builders = new LinkedHashMap<>();
    String refer = "echo $source > $out";
    builders.put(shell("a", refer).env("allowedReferences", near.toString()), true);
    builders.put(shell("b", refer).env("allowedReferences", deep.toString()), false);
    builders.put(shell("c", refer).env("allowedRequisites", near + " " + deep), true);
    builders.put(shell("d", refer).env("allowedRequisites", near.toString()), false);
    builders.put(shell("e", refer).env("disallowedReferences", deep.toString()), true);
    builders.put(shell("f", refer).env("disallowedRequisites", deep.toString()), false);
    builders.put(shell("g", "echo $out > $out").env("allowedReferences", ""), false);
    builders.put(shell("h", "echo $out > $out").env("allowedReferences", "out"), true);
    builders.put(shell("i", "echo $out > $out").env("allowedRequisites", ""), true);
    builders.put(shell("j", "echo > $out").env("disallowedRequisites", "out"), true);
    builders.put(shell("k", "echo $doc > $out; echo $out > $doc").output("doc"), false);
    builders.put(
        shell("l", "echo > $out; echo $out > $doc; echo $doc > $man")
            .output("doc")
            .output("man")
            .env("allowedRequisites", "doc out"),
        true);
    builders.put(
        shell("m", "cat near drv > $out")
            .source(inner)
            .input(inner, "out")
            .env("exportReferencesGraph", "near " + near + "/x drv " + inner),
        true);
    Map<StorePath, Boolean> added = new TreeMap<>();
    for (var builder : builders.entrySet()) {
      added.put(
          RealNix.add(store, builder.getKey().source(near).env("source", near.toString())),
          builder.getValue());
    }
    return added;
  }

  @Test
  void buildsAndRefusesWhatNixDoes() throws Exception {
    Path theirs = folder.resolve("theirs");
    var nix = new RealNix(folder);
    nix.assumeBuilds(theirs);
    try (LocalStore store = LocalStore.open(theirs)) {
      assertThat(derivations(store)).hasSize(13);
    }

    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        SandboxRunner runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"))) {
      Realiser realiser = realiser(store, runner);
      for (var each : derivations(store).entrySet()) {
        boolean builds = each.getValue();
        String name = each.getKey().name();
        assertThat(nix.realise(theirs, List.of(each.getKey())) == 0)
            .as("Nix builds " + name)
            .isEqualTo(builds);
        assertThat(realiser.realise(each.getKey()) instanceof RealiseResult.Built)
            .as("Synapse builds " + name)
            .isEqualTo(builds);
        for (StorePath output : store.readDerivation(each.getKey()).outputPaths().values()) {
          assertThat(store.isValid(output)).isEqualTo(builds);
          if (builds) {
            assertThat(Nar.hash(store.physical(output)))
                .as("output of " + name)
                .isEqualTo(Nar.hash(theirs.resolve("nix/store").resolve(output.baseName())));
          }
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
