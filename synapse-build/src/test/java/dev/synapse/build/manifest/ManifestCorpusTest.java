package dev.synapse.build.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlVersion;

/// Every manifest of the corpus gets the messages that lie beside it, and `schemas/synapse-v1.json`
/// says the same of it as the reader does. Manifests under `meaning` are wrong in a way that no
/// schema can say: a name that nothing has.
final class ManifestCorpusTest {
  private static final Schema SCHEMA = schema();

  private static Schema schema() {
    try {
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(
              Files.readString(Path.of("..", "schemas", "synapse-v1.json")), InputFormat.JSON);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Path> in(String folder) throws IOException, URISyntaxException {
    Path corpus = Path.of(ManifestCorpusTest.class.getResource(folder).toURI());
    try (Stream<Path> files = Files.walk(corpus)) {
      return files.filter(file -> file.toString().endsWith(".toml")).sorted().toList();
    }
  }

  private static List<Path> valid() throws Exception {
    return in("valid");
  }

  private static List<Path> wrongInShape() throws Exception {
    return in("shape");
  }

  private static List<Path> wrongInMeaning() throws Exception {
    return in("meaning");
  }

  private static List<Path> invalid() throws Exception {
    return Stream.of(in("shape"), in("meaning"), in("syntax")).flatMap(List::stream).toList();
  }

  private static List<Error> violations(Path manifest) throws IOException {
    TomlParseResult content = Toml.parse(manifest, TomlVersion.V1_0_0);
    assertThat(content.errors()).isEmpty();
    return SCHEMA.validate(content.toJson(), InputFormat.JSON);
  }

  @Test
  void theWholeCorpusIsSeen() throws Exception {
    assertThat(valid()).hasSize(4);
    assertThat(invalid()).hasSize(13);
  }

  @ParameterizedTest
  @MethodSource("valid")
  void readerAndSchemaAcceptWhatIsValid(Path manifest) throws Exception {
    assertThatCode(() -> Manifest.read(manifest)).doesNotThrowAnyException();
    assertThat(violations(manifest)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void everyViolationIsSaidWithItsPlace(Path manifest) throws Exception {
    var thrown = catchThrowableOfType(ManifestException.class, () -> Manifest.read(manifest));

    assertThat(thrown.getMessage() + "\n")
        .isEqualTo(Files.readString(manifest.resolveSibling("messages")));
  }

  @ParameterizedTest
  @MethodSource("wrongInShape")
  void theSchemaRefusesEachViolationOfTheShape(Path manifest) throws Exception {
    List<String> places =
        violations(manifest).stream()
            .map(violation -> String.valueOf(violation.getInstanceLocation()))
            .toList();
    List<String> tables =
        Files.readAllLines(manifest.resolveSibling("messages")).stream()
            .map(message -> message.split(": ", -1)[1].split("\\.", -1)[0])
            .distinct()
            .toList();

    assertThat(places).isNotEmpty();
    for (String table : tables) {
      assertThat(places)
          .as("what the schema says of " + table)
          .anyMatch(place -> place.isEmpty() || place.startsWith("/" + table));
    }
  }

  @ParameterizedTest
  @MethodSource("wrongInMeaning")
  void theSchemaAcceptsWhatIsWrongOnlyInMeaning(Path manifest) throws Exception {
    assertThat(violations(manifest)).isEmpty();
  }
}
