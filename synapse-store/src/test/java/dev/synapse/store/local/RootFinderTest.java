package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.path.StorePath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What counts as a root in folders that others fill, and what does not.
final class RootFinderTest {
  private static final StorePath PATH = new StorePath("q06x3jll2yfzckz2bzqak089p43ixkkq", "path");
  private static final StorePath OTHER = new StorePath("q06x3jll2yfzckz2bzqak089p43ixkkq", "other");

  @TempDir Path folder;
  private StoreLayout layout;

  @BeforeEach
  void prepare() throws Exception {
    layout = new StoreLayout(folder.resolve("root"));
    layout.prepare();
  }

  private RootFinder finder(boolean cleaning) {
    return new RootFinder(layout, Set.of(PATH)::contains, cleaning);
  }

  private Path link(String name, Path target) throws Exception {
    return Files.createSymbolicLink(layout.roots().resolve(name), target);
  }

  private static StoreRoot root(Path place) {
    return new StoreRoot(PATH, StoreRoot.Kind.LINK, place.toString());
  }

  @Test
  void aLinkIntoTheStoreIsARootInEitherWayOfWritingIt() throws Exception {
    Path logical = link("logical", Path.of("/nix/store").resolve(PATH.baseName()));
    Path inside = link("inside", layout.object(PATH).resolve("bin/run"));
    Path _ = link("not-valid", layout.object(OTHER));
    Path _ = link("store", layout.objects());
    Path _ = link("no-path", layout.objects().resolve("no-path"));
    Path _ = link("elsewhere", folder);

    assertThat(finder(false).permanent())
        .containsExactlyInAnyOrder(root(logical), root(inside))
        .allSatisfy(each -> assertThat(each).hasToString(each.place() + " -> " + PATH));
  }

  @Test
  void aFileThatIsCalledAsAPathIsARoot() throws Exception {
    Path file = Files.createFile(layout.roots().resolve(PATH.baseName()));
    Files.createFile(layout.roots().resolve(OTHER.baseName()));
    Files.createFile(layout.roots().resolve("note.txt"));

    assertThat(finder(false).permanent()).containsExactly(root(file));
  }

  @Test
  void whatALinkOutsideLeadsToCountsWhileItIsALink() throws Exception {
    Path result = folder.resolve("result");
    Path auto = link("auto/" + PATH.digest(), result);
    assertThat(finder(false).permanent()).isEmpty();
    assertThat(auto).as("only a collection cleans up").isSymbolicLink();

    Files.createFile(result);
    assertThat(finder(true).permanent()).isEmpty();
    Files.delete(result);
    Files.createSymbolicLink(result, layout.object(PATH));
    assertThat(finder(true).permanent()).containsExactly(root(result));

    Files.delete(result);
    assertThat(finder(true).permanent()).isEmpty();
    assertThat(layout.roots().resolve("auto")).isEmptyDirectory();
  }
}
