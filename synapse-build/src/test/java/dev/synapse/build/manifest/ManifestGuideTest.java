package dev.synapse.build.manifest;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// `docs/manifest.md` says what the code does.
final class ManifestGuideTest {
  private static final Pattern EXAMPLE = Pattern.compile("```toml\n(.*?)```", Pattern.DOTALL);

  private static final Pattern CODE = Pattern.compile("`[^`\n]+`");

  private static String guide() throws Exception {
    return Files.readString(Path.of("..", "docs", "manifest.md"));
  }

  private static List<String> keys(JsonNode schema) {
    List<String> keys = new ArrayList<>();
    for (String type :
        List.of("project", "toolchain", "debian", "input", "package", "check", "shell", "runner")) {
      collect(schema.get("$defs").get(type), keys);
    }
    return keys;
  }

  private static void collect(JsonNode type, List<String> keys) {
    JsonNode properties = type.get("properties");
    if (properties != null) {
      properties
          .properties()
          .forEach(
              entry -> {
                keys.add(entry.getKey());
                collect(entry.getValue(), keys);
              });
    }
  }

  @Test
  void everyKeyOfTheSchemaStandsInTheGuide() throws Exception {
    String schema = Files.readString(Path.of("..", "schemas", "synapse-v1.json"));
    String guide = guide();

    List<String> keys = keys(new ObjectMapper().readTree(schema));

    assertThat(keys).hasSizeGreaterThan(40);
    List<String> codes =
        CODE.matcher(guide.lines().filter(line -> line.startsWith("|")).collect(joining("\n")))
            .results()
            .map(MatchResult::group)
            .toList();
    for (String key : keys) {
      Pattern word = Pattern.compile("(?<![A-Za-z-])" + key + "(?![A-Za-z-])");
      assertThat(codes).as(key).anyMatch(code -> word.matcher(code).find());
    }
  }

  @Test
  void everyExampleIsAValidManifest() throws Exception {
    List<String> examples =
        EXAMPLE.matcher(guide()).results().map((MatchResult found) -> found.group(1)).toList();

    assertThat(examples).isNotEmpty();
    for (String example : examples) {
      assertThat(Manifest.parse(example).packages()).isNotEmpty();
    }
  }

  @Test
  void theDefaultLimitsAreThoseOfTheGuide() throws Exception {
    assertThat(guide())
        .contains("| `4h` |", "| `1h` |", "| `32GiB` |", "| " + Limits.DEFAULT.processes() + " |");
    assertThat(Units.duration("4h")).contains(Limits.DEFAULT.wallTime());
    assertThat(Units.duration("1h")).contains(Limits.DEFAULT.silence());
    assertThat(Units.size("32GiB")).contains(Limits.DEFAULT.memory());
    assertThat(Units.size("32GiB")).contains(Limits.DEFAULT.outputSize());
  }
}
