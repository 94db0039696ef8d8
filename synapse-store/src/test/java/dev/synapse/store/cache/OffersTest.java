package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import dev.synapse.store.signature.TrustedKeys;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What of the offers of a cache is taken, by what they say of each other and of their contents.
final class OffersTest {
  @TempDir Path folder;
  private final List<CacheEvent> events = Collections.synchronizedList(new ArrayList<>());
  private SigningKey key;
  private BinaryCache cache;
  private LocalStore store;
  private Substituter substituter;

  @BeforeEach
  void open() throws Exception {
    key = SigningKey.generate("test-1");
    cache = new BinaryCaches(CacheSettings.DEFAULT).open("file://" + folder.resolve("cache"));
    cache.write(CacheInfo.FILE, "StoreDir: /nix/store\n".getBytes(StandardCharsets.UTF_8));
    store = LocalStore.open(folder.resolve("to"));
    substituter =
        new Substituter(
            store,
            List.of(cache),
            new Trust(new TrustedKeys(List.of(key.verificationKey()))),
            2,
            events::add);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    cache.close();
    Trees.delete(folder.resolve("to"));
    Trees.delete(folder.resolve("from"));
  }

  private static StorePath path(String name) {
    return StoreDirectory.NIX.outputPath(
        "out", Hash.of(HashAlgorithm.SHA256, name.getBytes(StandardCharsets.UTF_8)), name);
  }

  /// Puts a tree into the cache, signed, and says that it refers to `references`.
  private void offer(StorePath path, Path tree, PathInfo.Origin origin, StorePath... references)
      throws Exception {
    ByteArrayOutputStream nar = new ByteArrayOutputStream();
    Nar.write(tree, nar);
    String url = "nar/" + path.digest() + ".nar";
    cache.write(url, nar.toByteArray());
    NarInfo narInfo =
        new NarInfo(
                PathInfo.of(path, Nar.hash(tree), List.of(references), origin),
                new NarFile(url, "none", Optional.empty(), OptionalLong.empty()),
                Optional.empty())
            .signedBy(key);
    cache.write(NarInfo.fileOf(path), narInfo.toBytes());
  }

  private void offer(StorePath path, StorePath... references) throws Exception {
    Path tree = Files.writeString(folder.resolve(path.name()), "contents of " + path.name());
    offer(
        path,
        tree,
        new PathInfo.Origin(Optional.empty(), 1, false, List.of(), Optional.empty()),
        references);
  }

  @Test
  void whatNeedsSomethingThatNobodyHasIsNotOffered() throws Exception {
    StorePath absent = path("absent");
    StorePath needs = path("needs");
    StorePath top = path("top");
    StorePath alone = path("alone");
    offer(needs, absent, needs);
    offer(top, needs, alone);
    offer(alone);

    assertThat(substituter.offers(List.of(top)).keySet()).isEmpty();
    assertThat(substituter.offers(List.of(top, alone)).keySet()).containsExactly(alone);
    var missing = new CacheProblem.MissingReference(cache.location(), needs, absent);
    assertThat(substituter.reason(needs)).hasValue(missing);
    assertThat(substituter.reason(top)).as("for the same reason").hasValue(missing);
    assertThat(events).isEmpty();

    offer(absent);
    Substituter again =
        new Substituter(
            store,
            List.of(cache),
            new Trust(new TrustedKeys(List.of(key.verificationKey()))),
            2,
            events::add);
    assertThat(again.substitute(List.of(top))).containsExactly(top);
    assertThat(store.allValid()).isEqualTo(new TreeSet<>(List.of(absent, needs, top, alone)));
    assertThat(store.verify(true)).isEmpty();
  }

  @Test
  void pathsThatReferToEachOtherInACircleAreLeftOutWithWhatNeedsThem() throws Exception {
    StorePath one = path("one");
    StorePath two = path("two");
    StorePath top = path("top");
    StorePath alone = path("alone");
    offer(one, two);
    offer(two, one);
    offer(top, one, alone);
    offer(alone);

    assertThat(substituter.offers(List.of(top)).keySet()).doesNotContain(top, one, two);
    assertThat(substituter.substitute(List.of(top, alone))).containsExactly(alone);
    assertThat(store.allValid()).containsExactly(alone);
  }

  @Test
  void whatFollowsFromItsContentsIsTakenFromEverybodyWhateverItsHash() throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree"));
    Path file = Files.writeString(tree.resolve("file"), "contents");
    List<StorePath> added = new ArrayList<>();
    try (LocalStore from = LocalStore.open(folder.resolve("from"))) {
      for (HashAlgorithm algorithm : HashAlgorithm.values()) {
        added.add(from.addFixed(file, "flat-" + algorithm.label(), false, algorithm));
        added.add(from.addFixed(tree, "tree-" + algorithm.label(), true, algorithm));
      }
      var options = CachePush.Options.of(Compression.NONE, List.of(), 1);
      assertThat(new CachePush(from, cache, options, _ -> {}).push(added).pushed())
          .hasSameSizeAs(added);
    }
    Substituter trusting =
        new Substituter(
            store, List.of(cache), new Trust(new TrustedKeys(List.of())), 2, events::add);

    assertThat(trusting.substitute(added)).containsExactlyInAnyOrderElementsOf(added);
    assertThat(store.verify(true)).isEmpty();
    for (StorePath each : added) {
      assertThat(store.find(each).orElseThrow().contentAddress()).isPresent();
    }
  }

  @Test
  void contentsThatTheirAddressIsNotOfAreRefusedAlsoWhenSigned() throws Exception {
    Hash sha1 = Hash.of(HashAlgorithm.SHA1, new byte[] {1});
    Hash sha256 = Hash.of(HashAlgorithm.SHA256, new byte[] {1});
    Path tree = Files.createDirectories(folder.resolve("tree"));
    Path file = Files.writeString(folder.resolve("file"), "contents");
    for (ContentAddress address :
        List.of(
            new ContentAddress.Fixed(true, sha1),
            new ContentAddress.Fixed(true, sha256),
            new ContentAddress.Fixed(false, sha1),
            new ContentAddress.Fixed(false, sha256),
            new ContentAddress.Text(sha256))) {
      for (Path contents : List.of(tree, file)) {
        StorePath path = StoreDirectory.NIX.pathOf(address, "lie", List.of(), false);
        offer(path, contents, PathInfo.Origin.addressed(address, 1));
        try (BinaryCache lying =
            new BinaryCaches(CacheSettings.DEFAULT).open("file://" + folder.resolve("cache"))) {
          Substituter fresh =
              new Substituter(
                  store,
                  List.of(lying),
                  new Trust(new TrustedKeys(List.of(key.verificationKey()))),
                  1,
                  events::add);
          assertThat(fresh.substitute(List.of(path))).isEmpty();
          var problem = new CacheProblem.WrongContents(lying.location(), path, address);
          assertThat(fresh.reason(path)).hasValue(problem);
          assertThat(events).contains(new CacheEvent.SetAside(lying.location(), problem));
          assertThat(problem.message()).contains(address.toString());
        }
      }
    }
    assertThat(store.allValid()).isEmpty();
  }
}
