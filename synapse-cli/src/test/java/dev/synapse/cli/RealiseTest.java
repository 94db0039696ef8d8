package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `store realise` of what a project's build wrote.
final class RealiseTest {
  @TempDir private Path home;

  @Test
  void asJsonEveryDerivationIsAnObject() throws Exception {
    SmallProject project =
        SmallProject.in(home).add("good", "echo made >$out").add("bad", "echo no; exit 1");
    String good = read(project.build(".#good", "--json").out()).required("drvPath").asString();
    String bad = read(project.build(".#bad", "--json").out()).required("drvPath").asString();

    var result = project.program().run("store", "realise", "--json", good, bad);

    assertThat(result.status()).isEqualTo(1);
    JsonNode objects = read(result.out());
    assertThat(objects.size()).isEqualTo(2);
    assertThat(objects.get(0).required("drvPath").asString()).isEqualTo(good);
    assertThat(objects.get(0).required("outputs").required("out").asString()).endsWith("-good-1.0");
    assertThat(objects.get(0).required("built").asBoolean()).isFalse();
    assertThat(objects.get(1).required("drvPath").asString()).isEqualTo(bad);
    assertThat(objects.get(1).required("outputs").isEmpty()).isTrue();
    assertThat(objects.get(1).required("error").asString()).contains("exited with code 1");
  }

  private static JsonNode read(String document) {
    return JsonMapper.shared().readTree(document);
  }
}
