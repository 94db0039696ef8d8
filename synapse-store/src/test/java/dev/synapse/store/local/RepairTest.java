package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.oracle.Nix;
import dev.synapse.store.oracle.RandomGraph;
import dev.synapse.store.path.StorePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepairTest {
  private static final long SEED = 3;
  private static final int SIZE = 40;

  @TempDir Path folder;
  private LocalStore store;
  private LocalStore other;

  @BeforeEach
  void open() throws Exception {
    store = LocalStore.open(folder.resolve("root"));
    other = LocalStore.open(folder.resolve("other"));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    other.close();
    Deletion.delete(store.root());
    Deletion.delete(other.root());
  }

  private void write(Path file, String text) throws Exception {
    SystemCalls.changeMode(file, 0644);
    Files.writeString(file, text);
    SystemCalls.changeMode(file, 0444);
  }

  @Test
  void whatAnotherStoreHasIsMadeWhole() throws Exception {
    RandomGraph graph = new RandomGraph(store, SEED);
    graph.grow(SIZE);
    new RandomGraph(other, SEED).grow(SIZE);
    assertThat(other.allValid()).isEqualTo(store.allValid());
    List<StorePath> outputs =
        graph.paths().stream()
            .filter(path -> Files.isDirectory(store.physical(path)))
            .limit(3)
            .toList();
    List<StorePath> texts =
        graph.paths().stream()
            .filter(path -> Files.isRegularFile(store.physical(path)))
            .limit(2)
            .toList();
    write(store.physical(outputs.get(0)).resolve("sub/file"), "modified");
    boolean _ = Deletion.delete(store.physical(outputs.get(1)));
    boolean _ = Deletion.delete(store.physical(outputs.get(2)));
    Files.writeString(store.physical(outputs.get(2)), "something else");
    write(store.physical(texts.get(0)), "modified");
    boolean _ = Deletion.delete(store.physical(texts.get(1)));
    assertThat(store.verify(true)).hasSize(5);

    List<Repair> repairs = store.repair(true, RepairSource.of(other));

    assertThat(repairs).hasSize(5).allMatch(repair -> repair.outcome() == Repair.Outcome.REPAIRED);
    assertThat(store.verify(true)).isEmpty();
    assertThat(store.root().resolve("nix/var/nix/builds")).isEmptyDirectory();
    if (Nix.isThere()) {
      new Nix(store.root(), folder).accepts();
    }
  }

  @Test
  void whatNobodyHasWholeIsLeftAsItIs() throws Exception {
    StorePath path = store.addText(new byte[] {1}, "text", Set.of());
    StorePath _ = other.addText(new byte[] {1}, "text", Set.of());
    write(store.physical(path), "modified");
    write(other.physical(path), "modified elsewhere");

    assertThat(store.repair(true, RepairSource.of(other)))
        .extracting(Repair::outcome)
        .containsExactly(Repair.Outcome.LEFT);
    assertThat(store.physical(path)).hasContent("modified");
    assertThat(store.repair(true, RepairSource.none()))
        .extracting(Repair::outcome)
        .containsExactly(Repair.Outcome.LEFT);
  }

  @Test
  void whatIsGoneIsForgottenUnlessSomethingNeedsIt() throws Exception {
    StorePath base = store.addText(new byte[] {1}, "base", Set.of());
    StorePath middle = text("middle", base);
    StorePath top = text("top", middle);
    StorePath needed = store.addText(new byte[] {2}, "needed", Set.of());
    StorePath user = text("user", needed);
    for (StorePath each : List.of(middle, top, needed)) {
      boolean _ = Deletion.delete(store.physical(each));
    }

    assertThat(store.repair(false, RepairSource.none()))
        .containsExactlyInAnyOrder(
            new Repair(new StoreDamage.Disappeared(top, false), Repair.Outcome.FORGOTTEN),
            new Repair(new StoreDamage.Disappeared(middle, true), Repair.Outcome.FORGOTTEN),
            new Repair(new StoreDamage.Disappeared(needed, true), Repair.Outcome.LEFT));
    assertThat(store.allValid()).containsExactlyInAnyOrder(base, needed, user);
  }

  @Test
  void aSharedContentThatIsBrokenIsNotSharedAnyMore() throws Exception {
    StorePath first = store.addText("same".getBytes(StandardCharsets.UTF_8), "first", Set.of());
    StorePath second = store.addText("same".getBytes(StandardCharsets.UTF_8), "second", Set.of());
    new RandomGraph(other, SEED).grow(1);
    StorePath _ = other.addText("same".getBytes(StandardCharsets.UTF_8), "first", Set.of());
    StorePath _ = other.addText("same".getBytes(StandardCharsets.UTF_8), "second", Set.of());
    StoreOptimiser.Saved _ = store.optimiser().all();
    write(store.physical(first), "evil");
    assertThat(store.physical(second)).hasContent("evil");

    assertThat(store.repair(true, RepairSource.of(other)))
        .hasSize(3)
        .allMatch(repair -> repair.outcome() == Repair.Outcome.REPAIRED);
    assertThat(store.verify(true)).isEmpty();
    assertThat(store.physical(second)).hasContent("same");
  }

  private StorePath text(String name, StorePath reference) throws Exception {
    return store.addText(
        reference.toString().getBytes(StandardCharsets.UTF_8), name, Set.of(reference));
  }
}
