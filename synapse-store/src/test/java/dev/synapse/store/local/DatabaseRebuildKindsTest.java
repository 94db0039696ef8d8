package dev.synapse.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.reference.SelfReferenceHasher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a rebuild of the database finds out about each kind of file that may lie in a store.
final class DatabaseRebuildKindsTest {
  private static final String DIGEST = "1".repeat(32);

  private static final DerivationHasher NO_INPUTS =
      new DerivationHasher(
          path -> {
            throw new IllegalStateException("no derivation asks for " + path);
          });

  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void open() throws Exception {
    root = folder.resolve("root");
    LocalStore.open(root).close();
  }

  @AfterEach
  void deleteStore() throws Exception {
    Deletion.delete(root);
  }

  private DatabaseRebuild.Rebuilt rebuild() throws Exception {
    return DatabaseRebuild.run(root, Clock.systemUTC());
  }

  private PathInfo found(StorePath path) throws Exception {
    try (LocalStore store = LocalStore.open(root)) {
      assertThat(store.verify(true)).isEmpty();
      return store.find(path).orElseThrow();
    }
  }

  /// A finished file at the place of `path`.
  private void put(StorePath path, byte[] contents) throws IOException {
    Path file = Files.write(new StoreLayout(root).object(path), contents);
    Canonical.apply(file);
  }

  private static Derivation derivation(String name, DerivationHasher hasher) throws Exception {
    return Derivation.named(name)
        .system("x86_64-linux")
        .builder("/bin/sh")
        .output("out")
        .build(hasher);
  }

  @Test
  void whatIsCalledADerivationAndIsNoneIsRejectedAndSaysWhy() throws Exception {
    StorePath junk = new StorePath(DIGEST, "junk.drv");
    put(junk, "junk".getBytes(StandardCharsets.UTF_8));
    Derivation right = derivation("right", NO_INPUTS);
    StorePath lying = new StorePath("2".repeat(32), "right.drv");
    String output = right.outputPath("out").orElseThrow().toString();
    put(
        lying,
        new String(right.toBytes(), StandardCharsets.UTF_8)
            .replace(output, output.replace(output.substring(11, 15), "0000"))
            .getBytes(StandardCharsets.UTF_8));

    SortedMap<String, String> rejected = rebuild().rejected();

    assertThat(rejected).containsOnlyKeys(junk.baseName(), lying.baseName());
    assertThat(rejected.get(junk.baseName())).startsWith("it is no derivation: ");
    assertThat(rejected.get(lying.baseName())).contains("out", output);
  }

  @Test
  void aDerivationWhoseInputIsGoneIsRejected() throws Exception {
    Derivation user;
    StorePath input;
    try (LocalStore store = LocalStore.open(root)) {
      DerivationHasher hasher = new DerivationHasher(store.derivations());
      input = store.addDerivation(derivation("input", hasher));
      user =
          Derivation.named("user")
              .system("x86_64-linux")
              .builder("/bin/sh")
              .input(input, "out")
              .output("out")
              .build(hasher);
      StorePath _ = store.addDerivation(user);
    }
    Deletion.delete(new StoreLayout(root).object(input));

    DatabaseRebuild.Rebuilt rebuilt = rebuild();

    assertThat(rebuilt.valid()).isEmpty();
    assertThat(rebuilt.rejected()).containsOnlyKeys(user.storePath().baseName());
    assertThat(rebuilt.rejected().get(user.storePath().baseName())).contains(input.baseName());
  }

  @Test
  void anOutputThatWasKnownBeforeHasItsHashForAnAddress() throws Exception {
    byte[] contents = "fetched".getBytes(StandardCharsets.UTF_8);
    Hash hash = Hash.of(HashAlgorithm.SHA256, contents);
    StorePath output;
    StorePath drv;
    try (LocalStore store = LocalStore.open(root)) {
      Derivation fetch =
          Derivation.named("fetched")
              .system("builtin")
              .builder("builtin:fetchurl")
              .fixedOutput(false, hash)
              .build(new DerivationHasher(store.derivations()));
      drv = store.addDerivation(fetch);
      output = fetch.outputPath("out").orElseThrow();
    }
    put(output, contents);

    assertThat(rebuild().valid()).containsExactlyInAnyOrder(drv, output);

    PathInfo info = found(output);
    assertThat(info.contentAddress()).hasValue(new ContentAddress.Fixed(false, hash));
    assertThat(info.deriver()).hasValue(drv);
    assertThat(info.references()).isEmpty();
  }

  @Test
  void aTreeThatMentionsItselfFollowsFromWhatItSaysOtherwise() throws Exception {
    StorePath guess = new StorePath(DIGEST, "self");
    Path tree = Files.writeString(folder.resolve("tree"), "I am at " + guess + "\n");
    SelfReferenceHasher hasher = new SelfReferenceHasher(HashAlgorithm.SHA256, DIGEST);
    Nar.write(tree, hasher);
    Hash hash = hasher.finish();
    StorePath path = StoreDirectory.NIX.sourcePath("self", hash, List.of(), true);
    put(path, ("I am at " + path + "\n").getBytes(StandardCharsets.UTF_8));

    assertThat(rebuild().valid()).containsExactly(path);

    PathInfo info = found(path);
    assertThat(info.contentAddress()).hasValue(new ContentAddress.Fixed(true, hash));
    assertThat(info.references()).containsExactly(path);
  }

  @Test
  void whatFollowsFromNothingIsValidWithoutAnAddress() throws Exception {
    StorePath used;
    try (LocalStore store = LocalStore.open(root)) {
      used = store.addText(new byte[] {1}, "used", Set.of());
    }
    StorePath file = new StorePath(DIGEST, "file");
    put(file, ("see " + used).getBytes(StandardCharsets.UTF_8));
    StorePath selfish = new StorePath("2".repeat(32), "selfish");
    put(selfish, ("I am at " + selfish).getBytes(StandardCharsets.UTF_8));
    StorePath folderPath = new StorePath("3".repeat(32), "folder");
    Path tree = Files.createDirectory(new StoreLayout(root).object(folderPath));
    Files.writeString(tree.resolve("file"), "alone");
    Canonical.apply(tree);

    assertThat(rebuild().valid()).containsExactlyInAnyOrder(used, file, selfish, folderPath);

    assertThat(found(file).references()).containsExactly(used);
    assertThat(found(file).contentAddress()).isEmpty();
    assertThat(found(selfish).references()).containsExactly(selfish);
    assertThat(found(selfish).contentAddress()).isEmpty();
    assertThat(found(folderPath).contentAddress()).isEmpty();
  }

  @Test
  void aTreeWithOneFileThatWasNotFinishedIsNotWhole() throws Exception {
    StorePath path = new StorePath(DIGEST, "tree");
    Path tree = Files.createDirectory(new StoreLayout(root).object(path));
    Path file = Files.writeString(tree.resolve("file"), "half");
    Canonical.apply(tree);
    SystemCalls.changeMode(file, 0644);
    Files.writeString(new StoreLayout(root).objects().resolve("README"), "no store path");

    assertThat(rebuild().rejected())
        .containsOnlyKeys(path.baseName(), "README")
        .containsEntry("README", "its name is not that of a store path");
  }

  @Test
  void whatNeedsWhatIsNotWholeIsRejectedAndNamesIt() throws Exception {
    StorePath half = new StorePath(DIGEST, "half");
    Files.writeString(new StoreLayout(root).object(half), "half");
    StorePath user = new StorePath("2".repeat(32), "user");
    put(user, half.toString().getBytes(StandardCharsets.UTF_8));

    assertThat(rebuild().rejected())
        .containsEntry(
            user.baseName(), "it refers to what is not there or not whole: " + half.baseName());
  }
}
