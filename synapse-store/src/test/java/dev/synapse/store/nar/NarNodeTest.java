package dev.synapse.store.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.oracle.Seeds;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NarNodeTest {
  private static final int TREES = 15;

  @TempDir Path folder;
  private final long seed = Seeds.of("nodes of random trees", 11);

  /// A tree as its entries are told, but for where they are in the archive.
  private static void flatten(NarNode node, String at, boolean offsets, List<String> lines) {
    switch (node) {
      case NarNode.Directory(var entries) -> {
        lines.add(at + "/");
        for (Map.Entry<ByteString, NarNode> entry : entries.entrySet()) {
          flatten(entry.getValue(), at + "/" + entry.getKey(), offsets, lines);
        }
      }
      case NarNode.Link(var target) -> lines.add(at + " -> " + target);
      case NarNode.File(var size, var executable, var offset) -> {
        assertThat(offset.isPresent()).isEqualTo(offsets);
        lines.add(at + " " + size + " " + executable);
      }
    }
  }

  private static List<String> flat(NarNode node, boolean offsets) {
    List<String> lines = new ArrayList<>();
    flatten(node, "", offsets, lines);
    return lines;
  }

  @Test
  void anArchiveHoldsWhatTheTreeHoldsThatItMakes() throws Exception {
    for (int index = 0; index < TREES; index++) {
      byte[] nar = RandomTree.archive(seed + index);
      Path tree = folder.resolve("tree" + index);
      Nar.restoreWhole(new ByteArrayInputStream(nar), tree);

      assertThat(flat(NarNode.ofTree(tree), false))
          .as("seed %d", seed + index)
          .isEqualTo(flat(NarNode.ofArchive(new ByteArrayInputStream(nar)), true));
    }
  }

  @Test
  void everyFileIsFoundByItsPathAndAtItsOffset() throws Exception {
    for (int index = 0; index < TREES; index++) {
      byte[] nar = RandomTree.archive(seed + index);
      check(nar, NarNode.ofArchive(new ByteArrayInputStream(nar)), new ArrayList<>());
    }
  }

  private static void check(byte[] nar, NarNode node, List<ByteString> path) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(NarContents.copy(new ByteArrayInputStream(nar), path, out)).contains(node);
    switch (node) {
      case NarNode.File(var size, _, var offset) -> {
        int from = (int) offset.orElseThrow();
        assertThat(out.toByteArray()).isEqualTo(Arrays.copyOfRange(nar, from, (int) (from + size)));
      }
      case NarNode.Link _ -> assertThat(out.size()).isZero();
      case NarNode.Directory(var entries) -> {
        assertThat(out.size()).isZero();
        for (Map.Entry<ByteString, NarNode> entry : entries.entrySet()) {
          path.add(entry.getKey());
          check(nar, entry.getValue(), path);
          path.removeLast();
        }
        List<ByteString> absent = new ArrayList<>(path);
        absent.add(ByteString.of("not there"));
        assertThat(NarContents.copy(new ByteArrayInputStream(nar), absent, out)).isEmpty();
      }
    }
  }

  @Test
  void aCutArchiveIsNotTakenForAWholeOne() throws Exception {
    byte[] nar = RandomTree.archive(seed);
    byte[] cut = Arrays.copyOf(nar, nar.length - 8);
    assertThat(
            catchThrowable(
                () ->
                    NarContents.copy(
                        new ByteArrayInputStream(cut), List.of(), new ByteArrayOutputStream())))
        .isInstanceOf(NarException.class);
  }
}
