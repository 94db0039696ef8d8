package dev.synapse.store.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import dev.synapse.store.signature.TrustedKeys;
import dev.synapse.store.signature.VerificationKey;
import dev.synapse.store.vectors.Vectors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What Nix wrote into caches is read, believed or refused as Nix does, and written back.
final class NarInfoVectorsTest {
  private static final int NARINFOS = 84;
  private static final int TAMPERED = 101;
  private static final int CACHES = 7;

  /// What Nix takes and we refuse, each with its reason in docs/nix-compatibility.md.
  private static final Set<String> STRICTER =
      Set.of("storepath-twice", "narsize-plus", "nar-trailing");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> narinfosAreReadAndWrittenBack() throws Exception {
    return Vectors.each(
        Vectors.json("narinfo/index.json").get("narinfos"),
        NARINFOS,
        each -> each.get("file").asString(),
        NarInfoVectorsTest::check);
  }

  private static void check(JsonNode each) throws Exception {
    byte[] bytes = Vectors.bytes(each.get("file").asString());
    assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(each.get("text").asString());
    NarInfo narInfo = NarInfo.parse(bytes);

    assertThat(new String(narInfo.toBytes(), StandardCharsets.UTF_8))
        .isEqualTo(each.get("text").asString());
    assertThat(narInfo.fingerprint()).hasToString(each.get("fingerprint").asString());
    assertThat(narInfo.info().narSize()).isEqualTo(each.get("nar_uncompressed_size").asLong());
    for (Map.Entry<String, JsonNode> key : each.get("keys").properties()) {
      TrustedKeys only = new TrustedKeys(List.of(key(key.getKey())));
      assertThat(only.verifyAny(narInfo.fingerprint(), narInfo.info().signatures()))
          .as(key.getKey())
          .isEqualTo(key.getValue().get("signed_by").asBoolean());
      if (key.getValue().get("nix_accepts").asBoolean()) {
        new Trust(only).require("cache", narInfo);
      } else {
        assertThatThrownBy(() -> new Trust(only).require("cache", narInfo))
            .isInstanceOf(CacheException.class);
      }
    }
    for (String signature : narInfo.info().signatures()) {
      String name = signature.substring(0, signature.indexOf(':'));
      assertThat(narInfo.withSignatures(List.of()).signedBy(secret(name)).info().signatures())
          .as("the same key makes the same signature")
          .contains(signature);
    }
  }

  private static VerificationKey key(String name) throws Exception {
    return VerificationKey.parse(
        Vectors.json("narinfo/index.json").get("keys").get(name).get("public").asString());
  }

  private static SigningKey secret(String name) throws Exception {
    return SigningKey.parse(
        Vectors.json("narinfo/index.json").get("keys").get(name).get("secret").asString());
  }

  @Test
  void wholeCachesThatNixWroteArePulled() throws Exception {
    int seen = 0;
    for (JsonNode each : Vectors.json("narinfo/index.json").get("caches")) {
      Path cache = copy(each);
      assertThat(CacheInfo.parse(Files.readAllBytes(cache.resolve("nix-cache-info"))).toBytes())
          .asString()
          .isEqualTo(each.get("nix_cache_info").asString());
      boolean signed = !each.get("secret_key").isNull();
      List<StorePath> pulled = pull(cache, "root-" + seen);
      long all = narInfos(cache).size();
      if (signed) {
        assertThat(pulled).as(each.get("dir").asString()).hasSize((int) all);
      } else {
        assertThat(pulled).hasSizeLessThan((int) all);
      }
      seen++;
    }
    assertThat(seen).isEqualTo(CACHES);
  }

  private List<StorePath> pull(Path cache, String root) throws Exception {
    List<VerificationKey> keys = new ArrayList<>();
    for (String name : List.of("example-1", "cache.example.org-1", "other-2")) {
      keys.add(key(name));
    }
    return pull(cache, root, new TrustedKeys(keys), narInfos(cache));
  }

  private List<StorePath> pull(Path cache, String root, TrustedKeys keys, List<StorePath> paths)
      throws Exception {
    Path home = folder.resolve(root);
    try (LocalStore store = LocalStore.open(home);
        BinaryCache opened = new BinaryCaches(CacheSettings.DEFAULT).open("file://" + cache)) {
      Substituter substituter =
          new Substituter(store, List.of(opened), new Trust(keys), 2, _ -> {});
      List<StorePath> valid = List.copyOf(substituter.substitute(paths));
      assertThat(store.verify(true)).isEmpty();
      assertThat(store.allValid()).containsAll(valid);
      return valid;
    } finally {
      Trees.delete(home);
    }
  }

  private static List<StorePath> narInfos(Path cache) throws Exception {
    List<StorePath> paths = new ArrayList<>();
    try (Stream<Path> files = Files.list(cache)) {
      for (Path each : files.filter(file -> file.toString().endsWith(".narinfo")).toList()) {
        paths.add(NarInfo.parse(Files.readAllBytes(each)).path());
      }
    }
    return paths;
  }

  private Path copy(JsonNode cache) throws IOException {
    String directory = cache.get("dir").asString();
    Path copy = folder.resolve(directory);
    for (JsonNode file : cache.get("files")) {
      Path place = copy.resolve(file.asString());
      Files.createDirectories(place.getParent());
      Files.write(place, Vectors.bytes(directory + "/" + file.asString()));
    }
    return copy;
  }

  @TestFactory
  Stream<DynamicTest> changedCachesAreTakenOrRefusedAsNixDoes() throws Exception {
    JsonNode index = Vectors.json("narinfo/index.json");
    JsonNode xz =
        index
            .get("caches")
            .valueStream()
            .filter(each -> each.get("dir").asString().endsWith("cache-xz"))
            .findFirst()
            .orElseThrow();
    Path original = copy(xz);
    return Vectors.each(
        index.get("tampered"),
        TAMPERED,
        each -> each.get("id").asString(),
        each -> {
          String id = each.get("id").asString();
          StorePath path = StorePath.parse(each.get("store_path").asString());
          Path cache = folder.resolve("changed-" + id);
          Trees.copy(original, cache);
          Files.writeString(
              cache.resolve(NarInfo.fileOf(path)),
              each.get("narinfo").asString(),
              StandardCharsets.ISO_8859_1);
          if (each.has("nar_file")) {
            Files.write(
                cache.resolve(each.get("nar_file").asString()),
                each.get("nar_file_b64").binaryValue());
          }
          boolean expected = each.get("nix").get("copied").asBoolean() && !STRICTER.contains(id);

          assertThat(
                  pull(
                      cache,
                      "root-" + id,
                      new TrustedKeys(List.of(key("example-1"))),
                      List.of(path)))
              .isEqualTo(expected ? List.of(path) : List.of());
        });
  }

  @Test
  void addressesThatLeadOutOfTheCacheAreRefused() {
    List<String> bad =
        List.of(
            "",
            "/etc/passwd",
            "../x",
            "nar/../../x",
            "nar/..",
            "nar//x",
            "nar/./x",
            "%2e%2e/x",
            "nar/%2e%2e/x",
            "file:///etc/passwd",
            "http://other/x",
            "//other/x",
            "nar\\..\\x",
            "nar/a b",
            "nar/x#y",
            "nar/\u0000",
            "nar/é");
    bad.forEach(each -> assertThat(NarFile.isInside(each)).as(each).isFalse());
    for (String each : Arrays.asList("nar/x.nar.xz", "x", "nar/x.nar?hash=abc", "nar/..x")) {
      assertThat(NarFile.isInside(each)).as(each).isTrue();
    }
  }
}
