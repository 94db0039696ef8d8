package dev.synapse.store.nar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.vectors.Vectors;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Archives have the bytes that Nix gives them, and what Nix should refuse is refused.
final class NarVectorsTest {
  private static final int TREES = 46;
  private static final int INVALID = 80;
  private static final int MODES = 6;

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> treesBecomeArchivesAndComeBack() throws Exception {
    return Vectors.each(
        Vectors.json("nar/trees.json").get("cases"),
        TREES,
        each -> each.get("id").asString(),
        each -> {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          Trees.tell(each.get("tree"), new NarWriter(out));
          byte[] nar = out.toByteArray();
          checkBytes(each, nar);

          ByteArrayOutputStream again = new ByteArrayOutputStream();
          new NarReader(new ByteArrayInputStream(nar)).read(new NarWriter(again));
          assertThat(again.toByteArray()).isEqualTo(nar);

          Path tree = folder.resolve(each.get("id").asString());
          Nar.restoreWhole(new ByteArrayInputStream(nar), tree);
          Trees.setModes(each.get("tree"), tree);
          ByteArrayOutputStream written = new ByteArrayOutputStream();
          Nar.write(tree, written);
          assertThat(written.toByteArray()).isEqualTo(nar);
          NarHash expected = new NarHash(Hash.of(HashAlgorithm.SHA256, nar), nar.length);
          assertThat(Nar.hash(tree)).isEqualTo(expected);
          Path copy = folder.resolve(each.get("id").asString() + "-copy");
          assertThat(Nar.copy(tree, copy)).isEqualTo(expected);
          assertThat(Nar.hash(copy)).isEqualTo(expected);
        });
  }

  private static void checkBytes(JsonNode each, byte[] nar) throws Exception {
    Hash sha256 = Hash.of(HashAlgorithm.SHA256, nar);
    assertThat(nar).hasSize(each.get("nar_size").asInt());
    assertThat(sha256.toHex()).isEqualTo(each.get("nar_sha256").get("hex").asString());
    assertThat(sha256.toNix32()).isEqualTo(each.get("nar_sha256").get("nix32").asString());
    assertThat(sha256.toSri()).isEqualTo(each.get("nar_sha256").get("sri").asString());
    assertThat(Hash.of(HashAlgorithm.MD5, nar).toHex())
        .isEqualTo(each.get("nar_md5_hex").asString());
    assertThat(Hash.of(HashAlgorithm.SHA1, nar).toHex())
        .isEqualTo(each.get("nar_sha1_hex").asString());
    assertThat(Hash.of(HashAlgorithm.SHA512, nar).toHex())
        .isEqualTo(each.get("nar_sha512_hex").asString());
    if (each.has("nar_b64")) {
      assertThat(nar).isEqualTo(each.get("nar_b64").binaryValue());
    }
    JsonNode added = each.get("added_as");
    assertThat(
            StoreDirectory.NIX.sourcePath(added.get("name").asString(), sha256, List.of(), false))
        .hasToString(added.get("path").asString());
  }

  @Test
  void theVectorsAskForFileModes() throws Exception {
    int modes = 0;
    for (JsonNode each : Vectors.json("nar/trees.json").get("cases")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Trees.tell(each.get("tree"), new NarWriter(out));
      Path tree = folder.resolve(each.get("id").asString());
      Nar.restore(new ByteArrayInputStream(out.toByteArray()), tree);
      modes += Trees.setModes(each.get("tree"), tree);
    }
    assertThat(modes).isEqualTo(MODES);
  }

  @TestFactory
  Stream<DynamicTest> malformedArchivesGetTheirVerdict() throws Exception {
    return Vectors.each(
        Vectors.json("nar/invalid.json").get("cases"),
        INVALID,
        each -> each.get("id").asString(),
        each -> {
          byte[] nar = each.get("nar_b64").binaryValue();
          Path whole = folder.resolve(each.get("id").asString());
          Path first = folder.resolve(each.get("id").asString() + " as a stream");
          switch (each.get("verdict").asString()) {
            case "accept" -> {
              Nar.restoreWhole(new ByteArrayInputStream(nar), whole);
              assertThat(Files.exists(whole, LinkOption.NOFOLLOW_LINKS)).isTrue();
            }
            case "reject", "reject-recommended" -> {
              assertRefused(nar, whole);
              assertThatThrownBy(() -> Nar.restore(new ByteArrayInputStream(nar), first))
                  .isInstanceOf(NarException.class);
            }
            case "reject-if-whole-input" -> {
              assertRefused(nar, whole);
              ByteArrayInputStream in = new ByteArrayInputStream(nar);
              NarHash hash = Nar.restoreHashing(in, first);
              assertThat(hash.size() + in.available()).isEqualTo(nar.length);
              assertThat(in.available()).isPositive();
              assertThat(Nar.hash(first)).isEqualTo(hash);
            }
            default -> throw new AssertionError(each);
          }
        });
  }

  private static void assertRefused(byte[] nar, Path destination) {
    assertThatThrownBy(() -> Nar.restoreWhole(new ByteArrayInputStream(nar), destination))
        .isInstanceOfSatisfying(
            NarException.class,
            e -> assertThat(e).hasMessage(e.problem().message()).hasMessageNotContaining("\n"));
  }
}
