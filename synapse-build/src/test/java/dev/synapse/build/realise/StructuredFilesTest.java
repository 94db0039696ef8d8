package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Structured attributes against the files that Nix 2.8 wrote of them, recorded once by the random
/// derivations of [StructuredOracleTest], which compares with a real Nix where there is one.
final class StructuredFilesTest {
  private static List<JsonNode> recorded() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(
            StructuredFilesTest.class.getResourceAsStream("structured-files.json"))) {
      List<JsonNode> cases = JsonMapper.shared().readTree(in).valueStream().toList();
      assertThat(cases).hasSize(60);
      return cases;
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void bothFilesAreThoseOfNix(JsonNode each) throws Exception {
    var attributes = (ObjectNode) JsonMapper.shared().readTree(each.get("json").stringValue());
    attributes.putObject("outputs").put("out", each.get("out").stringValue());

    assertThat(StructuredFiles.json(attributes).utf8() + StructuredFiles.shell(attributes).utf8())
        .isEqualTo(each.get("files").stringValue());
  }
}
