package dev.synapse.store.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// No file of the vectors is without a test, and none is missing.
final class VectorsTest {
  private static final Path VECTORS = Path.of("src", "test", "resources", "vectors", "nix");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final int FILES = 443;

  /// Files that tests read.
  ///
  /// @param place a file, or a folder and what a file in it ends with; `**` stands for all below
  /// @param files how many there are
  /// @param tests the classes that read them, each with what it names them by
  private record Claim(String place, int files, Map<String, String> tests) {
    static Claim of(String place, int files, String test, String needle) {
      return new Claim(place, files, Map.of(test, needle));
    }

    /// Of `place` and one more class.
    Claim and(String test, String needle) {
      Map<String, String> both = new TreeMap<>(tests);
      both.put(test, needle);
      return new Claim(place, files, both);
    }

    boolean covers(String file) {
      int star = place.indexOf('*');
      if (star < 0) {
        return file.equals(place);
      }
      String folder = place.substring(0, star);
      boolean deep = place.startsWith("**", star);
      String end = place.substring(star + (deep ? 2 : 1));
      return file.startsWith(folder)
          && file.endsWith(end)
          && (deep || file.indexOf('/', folder.length()) < 0);
    }
  }

  private static final String STORE = "synapse-store/src/test/java/dev/synapse/store/";
  private static final String BUILD = "synapse-build/src/test/java/dev/synapse/build/";
  private static final String DERIVATIONS = STORE + "derivation/DerivationVectorsTest";
  private static final String EXPRESSIONS = STORE + "derivation/ExpressionVectorsTest";
  private static final String BUILDS = BUILD + "realise/VectorBuildsTest";
  private static final String CACHES = STORE + "cache/NarInfoVectorsTest";
  private static final String ARCHIVES = STORE + "nar/NarVectorsTest";
  private static final String PROTOCOLS = STORE + "transfer/ProtocolVectorsTest";

  private static final List<Claim> CLAIMS =
      List.of(
          Claim.of("README.md", 1, STORE + "vectors/VectorsTest", "README.md"),
          Claim.of("base32.json", 1, STORE + "hash/HashVectorsTest", "base32.json"),
          Claim.of("nar/trees.json", 1, ARCHIVES, "nar/trees.json"),
          Claim.of("nar/invalid.json", 1, ARCHIVES, "nar/invalid.json"),
          Claim.of("storepaths.json", 1, STORE + "path/StorePathVectorsTest", "storepaths.json")
              .and(STORE + "reference/ReferenceVectorsTest", "storepaths.json"),
          Claim.of("drv/*.nix", 17, EXPRESSIONS, "\"cases\""),
          Claim.of("drv/srcs/**", 6, EXPRESSIONS, "\"srcs\""),
          Claim.of("drv/drvs/*.drv", 220, DERIVATIONS, "\"file\"").and(BUILDS, "\"drvs\""),
          Claim.of("drv/index.json", 1, DERIVATIONS, "drv/index.json")
              .and(EXPRESSIONS, "drv/index.json")
              .and(BUILDS, "index.json"),
          Claim.of("drv/builds.json", 1, BUILDS, "builds.json"),
          Claim.of("drv/malformed.json", 1, DERIVATIONS, "drv/malformed.json"),
          Claim.of("refscan.json", 1, STORE + "reference/ReferenceVectorsTest", "refscan.json"),
          Claim.of("narinfo/index.json", 1, CACHES, "narinfo/index.json"),
          Claim.of("narinfo/keys/*", 6, STORE + "signature/KeysTest", "narinfo/keys/"),
          Claim.of("narinfo/cache-br/**", 21, CACHES, "\"caches\""),
          Claim.of("narinfo/cache-bzip2/**", 21, CACHES, "\"caches\""),
          Claim.of("narinfo/cache-gzip/**", 31, CACHES, "\"caches\""),
          Claim.of("narinfo/cache-none/**", 32, CACHES, "\"caches\""),
          Claim.of("narinfo/cache-none-unsigned/**", 21, CACHES, "\"caches\""),
          Claim.of("narinfo/cache-xz/**", 32, CACHES, "\"caches\""),
          Claim.of("narinfo/cache-zstd/**", 21, CACHES, "\"caches\""),
          Claim.of("export.json", 1, STORE + "transfer/StoreTransferTest", "export.json"),
          Claim.of("gcroots.json", 1, STORE + "local/IndirectRootsTest", "gcroots.json"),
          Claim.of(
              "builder-env.json",
              1,
              BUILD + "realise/BuilderEnvironmentVectorsTest",
              "builder-env.json"),
          Claim.of("protocol/serve.json", 1, PROTOCOLS, "protocol/serve.json"),
          Claim.of("protocol/daemon.json", 1, PROTOCOLS, "protocol/daemon.json"));

  private static SortedSet<String> files() throws IOException {
    SortedSet<String> files = new TreeSet<>();
    try (Stream<Path> all = Files.walk(VECTORS)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.add(VECTORS.relativize(file).toString()));
    }
    return files;
  }

  @Test
  void everyFileIsClaimedByATest() throws Exception {
    SortedSet<String> files = files();
    for (String file : files) {
      assertThat(CLAIMS.stream().filter(claim -> claim.covers(file)).map(Claim::place))
          .as("who reads " + file)
          .hasSize(1);
    }
    for (Claim claim : CLAIMS) {
      assertThat(files.stream().filter(claim::covers)).as(claim.place).hasSize(claim.files);
    }
    assertThat(CLAIMS.stream().mapToInt(Claim::files).sum()).isEqualTo(FILES);
  }

  @Test
  void everyTestThatClaimsFilesIsThereAndNamesThem() throws Exception {
    for (Claim claim : CLAIMS) {
      for (Map.Entry<String, String> test : claim.tests.entrySet()) {
        Path source = Path.of("..").resolve(test.getKey() + ".java");
        assertThat(source).exists();
        assertThat(Files.readString(source)).as(claim.place).contains(test.getValue());
      }
    }
  }

  @Test
  void everyFileThatAnIndexNamesIsThereAndNoOther() throws Exception {
    SortedSet<String> named = new TreeSet<>();
    JsonNode derivations = Vectors.json("drv/index.json");
    derivations.get("derivations").forEach(each -> named.add(each.get("file").asString()));
    derivations.get("cases").forEach(each -> named.add(each.get("expr").asString()));
    JsonNode caches = Vectors.json("narinfo/index.json");
    for (JsonNode cache : caches.get("caches")) {
      String folder = cache.get("dir").asString() + "/";
      cache.get("files").forEach(file -> named.add(folder + file.asString()));
    }
    for (Map.Entry<String, JsonNode> key : caches.get("keys").properties()) {
      named.add("narinfo/keys/" + key.getKey() + ".secret");
      named.add("narinfo/keys/" + key.getKey() + ".public");
    }
    SortedSet<String> narInfos = new TreeSet<>();
    caches.get("narinfos").forEach(each -> narInfos.add(each.get("file").asString()));

    SortedSet<String> there = files();
    there.removeIf(
        file -> file.endsWith(".json") || file.startsWith("drv/srcs/") || file.equals("README.md"));
    assertThat(there).isEqualTo(named);
    there.removeIf(file -> !file.endsWith(".narinfo"));
    assertThat(there).isEqualTo(narInfos);
  }

  @Test
  void theTableOfTheReadmeIsWhatIsThere() throws Exception {
    String readme = new String(Vectors.bytes("README.md"), StandardCharsets.UTF_8);
    SortedSet<String> untold = files();
    for (String row : readme.lines().filter(line -> line.startsWith("| `")).toList()) {
      Matcher name = NAME.matcher(row.substring(0, row.indexOf('|', 1)));
      while (name.find()) {
        String place = name.group(1).endsWith("/") ? name.group(1) + "**" : name.group(1);
        Claim told = new Claim(place, 0, Map.of());
        assertThat(untold.removeIf(told::covers)).as(place).isTrue();
      }
    }
    assertThat(untold).containsExactly("README.md");
  }
}
