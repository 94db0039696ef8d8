package dev.synapse.build.realise;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.path.StorePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The graphs that builders ask for; that Nix writes the same, [RealiserTest] and
/// [StructuredOracleTest] show where there are rooms and Nix.
final class ReferenceGraphsTest {
  @TempDir private Path folder;
  private LocalStore store;
  private StorePath deep;
  private StorePath near;
  private StorePath apart;

  @BeforeEach
  void open() throws Exception {
    store = LocalStore.open(folder.resolve("store"));
    deep = text("deep");
    near = text("near", deep);
    apart = text("apart");
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private StorePath text(String name, StorePath... references) throws Exception {
    return store.addText(
        (name + List.of(references)).getBytes(StandardCharsets.UTF_8), name, Set.of(references));
  }

  private ReferenceGraphs graphs(DerivationBuilder builder, StorePath... inputs) throws Exception {
    StorePath derivation = RealNix.add(store, builder.output("out"));
    return new ReferenceGraphs(
        derivation,
        Attributes.of(derivation, store.readDerivation(derivation)),
        store.closure(List.of(inputs)),
        store);
  }

  private static DerivationBuilder asking(String words) {
    return RealNix.shell("asking", "true").env("exportReferencesGraph", words);
  }

  private String entries(StorePath... paths) throws Exception {
    var text = new StringBuilder();
    for (StorePath path : new TreeSet<>(List.of(paths))) {
      text.append(path).append("\n\n").append(store.references(path).size()).append('\n');
      for (StorePath reference : store.references(path)) {
        text.append(reference).append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void aFileListsAPathAndAllThatItNeeds() throws Exception {
    var files = graphs(asking("one " + near + "/below\n two " + deep), near).files();

    assertThat(files.sequencedKeySet()).containsExactly("one", "two");
    assertThat(files.get("one")).hasToString(entries(near, deep));
    assertThat(files.get("two")).hasToString(entries(deep));
  }

  @Test
  void outputsOfDerivationsAmongThemAreThereToo() throws Exception {
    var realiser =
        new Realiser(
            store,
            new JavaBuilders().on("inner", JavaBuilders.writing("inner")),
            new EventBus(),
            new RealiseSettings(Limits.NONE, 1, false, List.of()));
    StorePath inner = RealNix.add(store, RealNix.shell("inner", "made here").output("out"));
    RealiseResult _ = realiser.realise(inner);
    StorePath made = store.readDerivation(inner).outputPath("out").orElseThrow();

    assertThat(graphs(asking("all " + inner), inner).files().get("all"))
        .hasToString(entries(inner, made));
  }

  @Test
  void aStructuredAttributeHasSizesAndHashes() throws Exception {
    String json = "{\"exportReferencesGraph\":{\"g\":[\"%s\"],\"h\":\"%s\"}}".formatted(near, deep);
    var values = graphs(Derivation.named("s").system("x").builder("b").env("__json", json), near);

    assertThat(values.files()).isEmpty();
    var graphs = values.attributes();
    assertThat(graphs.keySet()).containsExactly("g", "h");
    JsonNode several = requireNonNull(graphs.get("g"));
    PathInfo nearInfo = store.find(near).orElseThrow();
    PathInfo deepInfo = store.find(deep).orElseThrow();
    assertThat(several.size()).isEqualTo(2);
    JsonNode first =
        several
            .valueStream()
            .filter(each -> each.path("path").asString().equals(near.toString()))
            .findFirst()
            .orElseThrow();
    assertThat(first.path("narHash").asString()).isEqualTo(nearInfo.narHash().prefixedNix32());
    assertThat(first.path("narSize").asLong()).isEqualTo(nearInfo.narSize());
    assertThat(first.path("closureSize").asLong())
        .isEqualTo(nearInfo.narSize() + deepInfo.narSize());
    assertThat(first.path("references").path(0).asString()).isEqualTo(deep.toString());
    assertThat(first.path("ca").asString()).startsWith("text:sha256:");
    assertThat(requireNonNull(graphs.get("h")).size()).isEqualTo(1);
  }

  @Test
  void whatIsNoGraphOfTheInputsIsRefused() {
    for (String bad : List.of("near", "ne/ar " + near, "near " + apart, "near /etc/passwd")) {
      assertThatThrownBy(() -> graphs(asking(bad), near).files())
          .isInstanceOf(RealiseException.class)
          .hasMessageContaining("has in exportReferencesGraph");
    }
    for (String bad : List.of("\"/etc/passwd\"", "[\"" + apart + "\"]", "[1]")) {
      String json = "{\"exportReferencesGraph\":{\"g\":%s}}".formatted(bad);
      assertThatThrownBy(
              () ->
                  graphs(Derivation.named("s").system("x").builder("b").env("__json", json), near)
                      .attributes())
          .isInstanceOf(RealiseException.class)
          .hasMessageContaining("exportReferencesGraph");
    }
  }
}
