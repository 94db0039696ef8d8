package dev.synapse.store.path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import dev.synapse.store.vectors.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// Store paths are computed, read and refused as Nix does.
final class StorePathVectorsTest {
  private static final int COMPUTED = 84;
  private static final int INVALID_NAMES = 26;
  private static final int ODD_NAMES = 12;
  private static final int PARSED = 24;
  private static final String DIGEST = "4r2v87ljql6i7vba5j44piv29fpdd7n2";

  /// Nix 2.8.0 does not look at the character between digest and name; we do.
  private static final Set<String> LAX =
      Set.of("/nix/store/" + DIGEST + "_x", "/nix/store/" + DIGEST + "x-x");

  /// Names that 2.8.0 takes, and newer versions and we do not.
  private static final Set<String> REFUSED_BY_NEWER = Set.of("fixed-22");

  @TestFactory
  Stream<DynamicTest> pathsFollowFromWhatTheyHold() throws Exception {
    return Vectors.each(
        Vectors.json("storepaths.json").get("cases"),
        COMPUTED,
        each -> each.get("id").asString(),
        StorePathVectorsTest::check);
  }

  private static void check(JsonNode each) throws Exception {
    StoreDirectory directory = new StoreDirectory(each.get("store_dir").asString());
    String name = each.get("name").asString();
    if (REFUSED_BY_NEWER.contains(each.get("id").asString())) {
      assertThat(directory.fixedFingerprint(name, false, hash(each)))
          .isEqualTo(each.get("fingerprint").asString());
      assertThat(StorePath.isName(name)).isFalse();
      return;
    }
    StorePath path;
    String fingerprint;
    switch (each.get("kind").asString()) {
      case "text" -> {
        Hash hash = Hash.of(HashAlgorithm.SHA256, each.get("contents_b64").binaryValue());
        path = directory.textPath(name, hash, references(directory, each));
        fingerprint = directory.textFingerprint(name, hash, references(directory, each));
      }
      case "fixed", "flat", "recursive" -> {
        boolean recursive =
            each.has("recursive")
                ? each.get("recursive").asBoolean()
                : each.get("kind").asString().equals("recursive");
        Hash hash = hash(each);
        path = directory.fixedPath(name, recursive, hash);
        fingerprint = directory.fixedFingerprint(name, recursive, hash);
        if (each.has("inner")) {
          assertThat(StoreDirectory.fixedInner(recursive, hash))
              .isEqualTo(each.get("inner").asString());
        }
        if (each.has("contents_b64")) {
          assertThat(Hash.of(hash.algorithm(), each.get("contents_b64").binaryValue()))
              .isEqualTo(hash);
        }
      }
      case "source" -> {
        Hash hash = Hash.parse(each.get("nar_sha256_hex").asString(), HashAlgorithm.SHA256);
        boolean self = each.get("self").asBoolean();
        List<StorePath> references = references(directory, each);
        references.removeIf(reference -> self && is(each, directory, reference));
        path = directory.sourcePath(name, hash, references, self);
        fingerprint = directory.sourceFingerprint(name, hash, references, self);
        if (each.has("ca")) {
          ContentAddress address = ContentAddress.parse(each.get("ca").asString());
          assertThat(address).isEqualTo(new ContentAddress.Fixed(true, hash));
          assertThat(address.toString()).isEqualTo(each.get("ca").asString());
          assertThat(directory.pathOf(address, name, references, self)).isEqualTo(path);
        }
      }
      case "output" -> {
        Hash modulo = Hash.parse(each.get("hash_modulo_hex").asString(), HashAlgorithm.SHA256);
        String output = each.get("output").asString();
        path = directory.outputPath(output, modulo, name);
        fingerprint = directory.outputFingerprint(output, modulo, name);
      }
      default -> throw new AssertionError(each.get("kind"));
    }
    assertThat(fingerprint).isEqualTo(each.get("fingerprint").asString());
    assertThat(directory.pathOf(path)).isEqualTo(each.get("path").asString());
    assertThat(directory.parse(each.get("path").asString())).isEqualTo(path);
  }

  private static boolean is(JsonNode each, StoreDirectory directory, StorePath path) {
    return directory.pathOf(path).equals(each.get("path").asString());
  }

  private static Hash hash(JsonNode each) throws HashFormatException {
    return Hash.parse(
        each.get("hash_hex").asString(),
        HashAlgorithm.ofLabel(each.get("algo").asString()).orElseThrow());
  }

  private static List<StorePath> references(StoreDirectory directory, JsonNode each)
      throws StorePathException {
    List<StorePath> references = new ArrayList<>();
    for (JsonNode reference : each.get("references")) {
      references.add(directory.parse(reference.asString()));
    }
    return references;
  }

  @TestFactory
  Stream<DynamicTest> invalidNamesAreRefused() throws Exception {
    return Vectors.each(
        Vectors.json("storepaths.json").get("invalid_names"),
        INVALID_NAMES,
        each -> each.get("name").toString(),
        each -> {
          String name = each.get("name").asString();
          assertThat(StorePath.isName(name)).isFalse();
          assertThatThrownBy(() -> StorePath.ofBaseName(DIGEST + "-" + name))
              .isInstanceOf(StorePathException.class);
        });
  }

  @TestFactory
  Stream<DynamicTest> oddNamesAreTakenAsNewerVersionsDo() throws Exception {
    return Vectors.each(
        Vectors.json("storepaths.json").get("odd_names"),
        ODD_NAMES,
        each -> each.get("name").asString(),
        each -> {
          String name = each.get("name").asString();
          boolean accepted = each.get("accepted_by_newer").asBoolean();
          assertThat(StorePath.isName(name)).isEqualTo(accepted);
          if (accepted) {
            Hash empty = Hash.of(HashAlgorithm.SHA256, new byte[0]);
            assertThat(StoreDirectory.NIX.textPath(name, empty, List.of()))
                .hasToString(each.get("text_path_of_empty_contents").asString());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> textsAreTakenOrRefusedAsNixDoes() throws Exception {
    return Vectors.each(
        Vectors.json("storepaths.json").get("parse"),
        PARSED,
        each -> each.get("path").asString(),
        each -> {
          String text = each.get("path").asString();
          if (each.get("accepted").asBoolean() && !LAX.contains(text)) {
            StorePath path = StorePath.parse(text);
            assertThat(path.digest()).isEqualTo(DIGEST);
            assertThat(StorePath.ofBaseName(path.baseName())).isEqualTo(path);
          } else {
            assertThatThrownBy(() -> StorePath.parse(text)).isInstanceOf(StorePathException.class);
          }
        });
  }

  @Test
  void theOrderIsThatOfTheWrittenForm() throws Exception {
    List<StorePath> paths = new ArrayList<>();
    for (JsonNode each : Vectors.json("storepaths.json").get("cases")) {
      if (!REFUSED_BY_NEWER.contains(each.get("id").asString())) {
        paths.add(StorePath.ofBaseName(each.get("path").asString().replaceFirst(".*/", "")));
      }
    }
    assertThat(paths.stream().sorted().toList())
        .isEqualTo(
            paths.stream()
                .sorted(
                    (a, b) -> ByteString.of(a.toString()).compareTo(ByteString.of(b.toString())))
                .toList());
  }

  @Test
  void whatIsInsideAnObjectNamesTheObject() throws Exception {
    StorePath path = new StorePath(DIGEST, "x");
    assertThat(StoreDirectory.NIX.parseInside(path + "/bin/y")).isEqualTo(path);
    assertThat(StoreDirectory.NIX.parseInside(path.toString())).isEqualTo(path);
    assertThatThrownBy(() -> StoreDirectory.NIX.parseInside("/nix/other/" + path.baseName()))
        .isInstanceOf(StorePathException.class);
  }

  @Test
  void contentAddressesAreReadAndWritten() throws Exception {
    Hash sha1 = Hash.of(HashAlgorithm.SHA1, new byte[0]);
    Hash sha256 = Hash.of(HashAlgorithm.SHA256, new byte[0]);
    for (ContentAddress address :
        List.of(
            new ContentAddress.Text(sha256),
            new ContentAddress.Fixed(true, sha1),
            new ContentAddress.Fixed(false, sha256))) {
      assertThat(ContentAddress.parse(address.toString())).isEqualTo(address);
    }
    for (String bad :
        List.of(
            "",
            "text:" + sha1.prefixedNix32(),
            "fixed:" + sha256.toSri(),
            "fixed:r:x:" + sha256.toNix32(),
            "text:r:" + sha256.prefixedNix32(),
            "source:" + sha256.prefixedNix32())) {
      assertThatThrownBy(() -> ContentAddress.parse(bad)).isInstanceOf(StorePathException.class);
    }
  }
}
