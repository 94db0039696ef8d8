package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Derivations that real Nix wrote and built: every one comes to the same end here, with the same
/// bytes, references and deriver.
@Timeout(300)
final class VectorBuildsTest {
  private static final Path VECTORS =
      Path.of("..", "synapse-store", "src", "test", "resources", "vectors", "nix", "drv");
  private static final int BUILDS = 101;

  /// With outputs whose paths follow from what is built, which Nix calls experimental.
  private static final int FLOATING = 5;

  private static final int FAILURES = 16;

  @TempDir private Path folder;

  private static JsonNode read(String file) throws Exception {
    return JsonMapper.shared().readTree(Files.readAllBytes(VECTORS.resolve(file)));
  }

  /// Adds a source as it was given to Nix, after what it refers to.
  private void addSource(LocalStore store, JsonNode sources, StorePath path, Set<StorePath> seen)
      throws Exception {
    if (!seen.add(path) || store.isValid(path)) {
      return;
    }
    JsonNode source = sources.required(path.toString());
    List<StorePath> references = new ArrayList<>();
    for (JsonNode each : source.required("references")) {
      StorePath reference = StorePath.parse(each.stringValue());
      references.add(reference);
      if (!reference.equals(path)) {
        addSource(store, sources, reference, seen);
      }
    }
    Path made = folder.resolve("made").resolve(path.baseName());
    Files.createDirectories(made.getParent());
    byte[] archive = Base64.getDecoder().decode(source.required("nar_b64").stringValue());
    NarHash nar = Nar.restoreHashing(new ByteArrayInputStream(archive), made);
    try (var _ = store.lock(List.of(path))) {
      store.adopt(made, path);
      store.registerOutputs(
          List.of(
              PathInfo.of(
                  path,
                  nar,
                  references,
                  PathInfo.Origin.addressed(
                      ContentAddress.parse(source.required("ca").stringValue()), 1))));
    }
  }

  private void addDerivation(
      LocalStore store, JsonNode index, StorePath path, Map<StorePath, Derivation> added)
      throws Exception {
    if (added.containsKey(path)) {
      return;
    }
    String name = path.name().substring(0, path.name().length() - ".drv".length());
    Derivation derivation =
        Derivation.parse(
            Files.readAllBytes(VECTORS.resolve("drvs").resolve(path.baseName())), name);
    added.put(path, derivation);
    for (StorePath input : derivation.inputDerivations().keySet()) {
      addDerivation(store, index, input, added);
    }
    for (StorePath source : derivation.inputSources()) {
      if (source.isDerivation()) {
        addDerivation(store, index, source, added);
      } else {
        addSource(store, index.required("sources"), source, new HashSet<>());
      }
    }
    assertThat(store.addDerivation(derivation)).isEqualTo(path);
  }

  private static void assertSame(LocalStore store, JsonNode expected) throws Exception {
    StorePath path = StorePath.parse(expected.required("path").stringValue());
    PathInfo info = store.find(path).orElseThrow(() -> new AssertionError(path + " is not valid"));
    assertThat(info.narHash().toSri())
        .as("hash of " + path)
        .isEqualTo(expected.required("nar_sha256").required("sri").stringValue());
    assertThat(info.narSize()).isEqualTo(expected.required("nar_size").longValue());
    List<String> references = new ArrayList<>();
    expected.required("references").forEach(each -> references.add(each.stringValue()));
    assertThat(info.references().stream().map(StorePath::toString)).isEqualTo(references);
    assertThat(info.deriver().map(StorePath::toString))
        .contains(expected.required("deriver").stringValue());
    assertThat(info.ultimate()).isTrue();
    JsonNode address = expected.get("ca");
    assertThat(info.contentAddress().map(ContentAddress::toString).orElse(""))
        .isEqualTo(address == null ? "" : address.stringValue());
  }

  @Test
  void everyDerivationOfTheVectorsEndsAsItDidInNix() throws Exception {
    JsonNode index = read("index.json");
    Map<StorePath, Derivation> added = new TreeMap<>();
    int builds = 0;
    int floating = 0;
    int failures = 0;
    try (SandboxRunner runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"));
        LocalStore store = LocalStore.open(folder.resolve("store"))) {
      Realiser realiser =
          new Realiser(
              store,
              runner,
              new EventBus(),
              new RealiseSettings(Limits.NONE, 2, false, RealNix.hostMounts()));
      for (JsonNode build : read("builds.json").required("builds")) {
        builds++;
        StorePath path = StorePath.parse(build.required("drv").stringValue());
        addDerivation(store, index, path, added);
        Realisation result;
        try {
          result = realiser.realise(List.of(path), new Schedule(2, false));
        } catch (RealiseException e) {
          if (String.valueOf(e.getMessage()).contains("known only after the build")) {
            floating++;
          } else {
            assertThat(build.required("status").stringValue())
                .as(e.getMessage())
                .isEqualTo("failure");
            failures++;
          }
          continue;
        }
        boolean success = build.required("status").stringValue().equals("success");
        assertThat(result.succeeded()).as(path + ": " + result.failures()).isEqualTo(success);
        if (success) {
          for (JsonNode output : build.required("outputs")) {
            assertSame(store, output);
          }
        } else {
          failures++;
        }
      }
      assertThat(store.verify(true)).isEmpty();
    }
    assertThat(builds).isEqualTo(BUILDS);
    assertThat(floating).isEqualTo(FLOATING);
    assertThat(failures).isEqualTo(FAILURES);
  }
}
