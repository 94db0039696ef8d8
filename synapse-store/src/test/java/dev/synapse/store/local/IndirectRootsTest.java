package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.store.path.StorePath;
import dev.synapse.store.vectors.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

final class IndirectRootsTest {
  private static final int CASES = 6;

  @TempDir Path folder;
  private LocalStore store;
  private StorePath target;
  private Path link;

  @BeforeEach
  void open() throws Exception {
    store = LocalStore.open(folder.resolve("root"));
    target = store.addText(new byte[0], "target", Set.of());
    link = folder.resolve("result");
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    Deletion.delete(folder.resolve("root"));
  }

  @TestFactory
  Stream<DynamicTest> namesAreThoseThatNixGives() throws Exception {
    return Vectors.each(
        Vectors.json("gcroots.json").get("cases"),
        CASES,
        each -> each.get("requested").asString(),
        each ->
            assertThat(
                    IndirectRoots.name(
                        Path.of(each.get("requested").asString()).toAbsolutePath().normalize()))
                .isEqualTo(each.get("auto_name").asString()));
  }

  @Test
  void aLinkIsRemembered() throws Exception {
    store.addIndirectRoot(folder.resolve("sub/../result"), target);

    assertThat(Files.readSymbolicLink(link)).hasToString(target.toString());
    Path remembered =
        store.root().resolve("nix/var/nix/gcroots/auto").resolve(IndirectRoots.name(link));
    assertThat(Files.readSymbolicLink(remembered)).isEqualTo(link);
  }

  @Test
  void aLinkCanLeadToTheFiles() throws Exception {
    store.addIndirectRoot(link, target, LinkText.PHYSICAL);
    assertThat(link).isRegularFile();

    store.addIndirectRoot(link, target, LinkText.LOGICAL);
    assertThat(Files.readSymbolicLink(link)).hasToString(target.toString());
  }

  private Path twin(Path of) {
    return store.root().resolve("nix/var/nix/gcroots/synapse").resolve(IndirectRoots.name(of));
  }

  @Test
  void aLinkToTheFilesHasATwinThatNixUnderstands() throws Exception {
    store.addIndirectRoot(link, target, LinkText.PHYSICAL);
    assertThat(Files.readSymbolicLink(twin(link))).hasToString(target.toString());

    StorePath other = store.addText(new byte[0], "other", Set.of());
    store.addIndirectRoot(link, other, LinkText.PHYSICAL);
    assertThat(Files.readSymbolicLink(twin(link))).hasToString(other.toString());
  }

  @Test
  void aTwinGoesWhenItsLinkIsGoneOrLeadsElsewhere() throws Exception {
    Path second = folder.resolve("second");
    Path third = folder.resolve("third");
    for (Path each : new Path[] {link, second, third}) {
      store.addIndirectRoot(each, target, LinkText.PHYSICAL);
    }
    Files.delete(link);
    Files.delete(second);
    Files.createSymbolicLink(second, folder);
    store.addIndirectRoot(third, target, LinkText.LOGICAL);
    assertThat(twin(link).getParent()).isEmptyDirectory();

    store.addIndirectRoot(link, target, LinkText.PHYSICAL);
    store.addIndirectRoot(third, target, LinkText.PHYSICAL);
    assertThat(Files.isSymbolicLink(twin(link))).isTrue();
    assertThat(Files.isSymbolicLink(twin(third))).isTrue();
  }

  @Test
  void theTwinOfALinkThatCannotBeReadIsKept() throws Exception {
    Path far = Files.createDirectory(folder.resolve("far")).resolve("result");
    store.addIndirectRoot(far, target, LinkText.PHYSICAL);
    Files.delete(far);
    Files.delete(folder.resolve("far"));
    // A circle: no way to say what lies behind it, for root neither.
    Files.createSymbolicLink(folder.resolve("far"), Path.of("far"));

    store.addIndirectRoot(link, target, LinkText.PHYSICAL);
    assertThat(twin(far)).isSymbolicLink();
  }

  @Test
  void aLinkIntoTheStoreIsReplaced() throws Exception {
    StorePath other = store.addText(new byte[0], "other", Set.of());
    store.addIndirectRoot(link, target);
    store.addIndirectRoot(link, other);

    assertThat(Files.readSymbolicLink(link)).hasToString(other.toString());
    try (var entries = Files.list(folder)) {
      assertThat(entries.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrder("root", "result");
    }
  }

  @Test
  void anythingElseIsRefusedAndKept() throws Exception {
    Files.writeString(link, "mine");

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> store.addIndirectRoot(link, target));

    assertThat(thrown.problem()).isEqualTo(new StoreProblem.LinkTaken(link));
    assertThat(link).hasContent("mine");
  }

  @Test
  void aLinkToElsewhereIsRefused() throws Exception {
    Files.createSymbolicLink(link, folder);

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> store.addIndirectRoot(link, target));

    assertThat(thrown.problem()).isEqualTo(new StoreProblem.LinkTaken(link));
    assertThat(Files.readSymbolicLink(link)).isEqualTo(folder);
  }

  @Test
  void noLinkIsMadeInsideTheStore() {
    Path inside = store.objects().resolve("result");

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> store.addIndirectRoot(inside, target));

    assertThat(thrown.problem()).isEqualTo(new StoreProblem.LinkInStore(inside));
  }

  @Test
  void onlyAValidPathCanBeARoot() throws Exception {
    StorePath absent = StorePath.ofBaseName("q06x3jll2yfzckz2bzqak089p43ixkkq-no");

    StoreException thrown =
        catchThrowableOfType(StoreException.class, () -> store.addIndirectRoot(link, absent));

    assertThat(thrown.problem()).isEqualTo(new StoreProblem.NotValid(absent));
  }
}
