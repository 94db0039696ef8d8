package dev.synapse.store.derivation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.Seeds;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Some hundred random derivations that use each other: each comes back from its text, and real
/// Nix, where it is installed, writes the same text under the same path.
final class RandomDerivationsTest {
  private static final int SIZE = Integer.getInteger("synapse.test.derivations", 300);

  @TempDir Path folder;
  private final long seed = Seeds.of("random derivations", 20_220_502);

  @Test
  void everyDerivationComesBackFromItsText() throws Exception {
    Map<String, Derivation> all = new HashMap<>();
    List<Derivation> graph = RandomDerivations.of(seed, SIZE).derivations();
    for (Derivation each : graph) {
      Derivation read = Derivation.parse(each.toBytes(), each.name());
      assertThat(read).as("seed %d %s", seed, each.name()).isEqualTo(each);
      all.put(each.storePath().toString(), read);
    }
    DerivationHasher hasher =
        new DerivationHasher(path -> requireNonNull(all.get(path.toString())));
    for (Derivation each : graph) {
      each.check(hasher);
    }
    assertThat(all).hasSize(SIZE);
  }

  @Test
  void realNixWritesTheSameDerivations() throws Exception {
    Nix.assume();
    RandomDerivations graph = RandomDerivations.of(seed, SIZE);
    Path file = Files.write(folder.resolve("graph.nix"), graph.expressions());
    Nix nix = new Nix(folder.resolve("root"), folder);

    List<String> theirs = nix.instantiate(List.of(file.toString()));

    assertThat(theirs).hasSize(SIZE);
    for (int number = 0; number < SIZE; number++) {
      Derivation ours = graph.derivations().get(number);
      String drv = theirs.get(number).replaceAll("!.*", "");
      Path written = nix.root().resolve(drv.substring(1));
      assertThat(shown(ours.toBytes()))
          .as("seed %d %s", seed, ours.name())
          .isEqualTo(shown(Files.readAllBytes(written)));
      assertThat(ours.storePath()).as("seed %d", seed).hasToString(drv);
    }
    try (LocalStore store = LocalStore.open(nix.root())) {
      for (Derivation each : graph.derivations()) {
        assertThat(store.derivationOutputs(each.storePath())).isEqualTo(each.outputPaths());
      }
      assertThat(store.verify(true)).isEmpty();
    }
  }

  /// Every byte as one character.
  private static String shown(byte[] term) {
    return new String(term, StandardCharsets.ISO_8859_1);
  }
}
