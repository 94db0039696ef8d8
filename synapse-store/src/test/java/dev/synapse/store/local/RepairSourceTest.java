package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the contents of a damaged path come from.
final class RepairSourceTest {
  @TempDir Path folder;

  @AfterEach
  void deleteStores() throws Exception {
    Deletion.delete(folder.resolve("one"));
    Deletion.delete(folder.resolve("two"));
  }

  @Test
  void theFirstThatHasAPathGivesItAndNobodyElseIsAsked() throws Exception {
    try (LocalStore one = LocalStore.open(folder.resolve("one"));
        LocalStore two = LocalStore.open(folder.resolve("two"))) {
      StorePath inBoth = one.addText(new byte[] {1}, "both", Set.of());
      StorePath _ = two.addText(new byte[] {1}, "both", Set.of());
      StorePath inSecond = two.addText(new byte[] {2}, "second", Set.of());
      PathInfo both = two.find(inBoth).orElseThrow();
      PathInfo second = two.find(inSecond).orElseThrow();
      RepairSource source = RepairSource.of(two).after(RepairSource.of(one));

      Files.delete(two.physical(inBoth));
      assertThat(source.restore(both, folder.resolve("first"))).isTrue();
      assertThat(folder.resolve("first")).hasBinaryContent(new byte[] {1});
      assertThat(source.restore(second, folder.resolve("then"))).isTrue();
      assertThat(folder.resolve("then")).hasBinaryContent(new byte[] {2});
      assertThat(
              RepairSource.of(one).after(RepairSource.none()).restore(second, folder.resolve("x")))
          .isFalse();
      assertThat(folder.resolve("x")).doesNotExist();
    }
  }
}
