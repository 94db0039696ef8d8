package dev.synapse.gmp.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.synapse.build.document.Problem;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlVersion;

/// Every policy of the corpus gets the messages that lie beside it, and the schema says the same of
/// it as the reader does. Policies under `meaning` are wrong in a way that no schema can say.
final class PolicyCorpusTest {
  @TempDir private Path folder;

  private static List<Path> in(String kind) throws Exception {
    Path corpus = Path.of(PolicyCorpusTest.class.getResource(kind).toURI());
    try (Stream<Path> files = Files.list(corpus)) {
      return files.filter(file -> file.toString().endsWith(".toml")).sorted().toList();
    }
  }

  private static List<Path> valid() throws Exception {
    return in("valid");
  }

  private static List<Path> wrongInShape() throws Exception {
    return in("shape");
  }

  private static List<Path> invalid() throws Exception {
    return Stream.of(in("shape"), in("meaning")).flatMap(List::stream).toList();
  }

  private static List<Error> violations(Path policy) throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(
                Files.readString(Path.of("..", "schemas", "gate-policy-v1.json")),
                InputFormat.JSON);
    TomlParseResult content = Toml.parse(policy, TomlVersion.V1_0_0);
    assertThat(content.errors()).isEmpty();
    // JSON has no NaN and no infinity: what a schema is to see of them is that they are no numbers.
    String json = content.toJson().replaceAll(":\\s*(NaN|Infinity)", ": \"$1\"");
    return schema.validate(json, InputFormat.JSON);
  }

  @Test
  void theWholeCorpusIsSeen() throws Exception {
    assertThat(valid()).hasSize(2);
    assertThat(invalid()).hasSize(4);
  }

  @ParameterizedTest
  @MethodSource("valid")
  void readerAndSchemaAcceptWhatIsValid(Path policy) throws Exception {
    assertThat(Policy.read(policy).stages()).hasSizeGreaterThanOrEqualTo(4);
    assertThat(violations(policy)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("wrongInShape")
  void theSchemaRefusesWhatIsWrongInShape(Path policy) throws Exception {
    assertThat(violations(policy)).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void everythingThatIsWrongIsSaidAtOnce(Path policy) throws Exception {
    var thrown = catchThrowableOfType(PolicyException.class, () -> Policy.read(policy));
    Path beside = policy.resolveSibling(policy.getFileName().toString().replace(".toml", ".txt"));
    assertThat(thrown.problems())
        .extracting(Problem::message)
        .containsExactlyElementsOf(Files.readAllLines(beside));
  }

  @Test
  void ownStagesStartFromOthersAndTheRestStays() throws Exception {
    Policy policy = Policy.read(valid().getFirst());
    StageLimits release = policy.stage("release").orElseThrow();
    assertThat(policy.ladder()).containsExactly("bootstrap", "growth", "release");
    assertThat(policy.after("growth")).contains(release);
    assertThat(policy.after("release")).isEmpty();
    assertThat(policy.after("strict")).isEmpty();
    assertThat(limit(release, Metric.CYCLOMATIC_COMPLEXITY, Scope.PROJECT)).contains("8");
    assertThat(limit(release, Metric.TEST_COVERAGE, Scope.CHANGED)).contains("100");
    assertThat(limit(release, Metric.CLOSURE_SIZE, Scope.PROJECT)).contains("500000000");
    StageLimits growth = policy.stage("growth").orElseThrow();
    assertThat(limit(growth, Metric.TEST_COVERAGE, Scope.PROJECT)).contains("82");
    assertThat(limit(growth, Metric.TEST_PASS_RATE, Scope.PROJECT)).contains("0.90");
    assertThat(limit(growth, Metric.MAGIC_NUMBERS, Scope.PROJECT)).isEmpty();
    assertThat(limit(growth, Metric.MAGIC_NUMBERS, Scope.PER_KLOC)).contains("1.5");
    assertThat(limit(growth, Metric.CODE_DUPLICATION, Scope.PROJECT)).isEmpty();
    assertThat(policy.promotion()).isEqualTo(3);
    assertThat(policy.floor()).isEqualTo("0.5");
    assertThat(policy.ratchet().orElseThrow().tolerance(Metric.TEST_COVERAGE)).isEqualTo("0.5");
  }

  private static Optional<String> limit(StageLimits stage, Metric metric, Scope scope) {
    return stage.limits().stream()
        .filter(limit -> limit.metric() == metric && limit.scope() == scope)
        .map(limit -> limit.bound())
        .map(BigDecimal::toPlainString)
        .findFirst();
  }

  @Test
  void withoutAFileTheFourStagesAreMeant() throws Exception {
    assertThat(Policy.read(valid().getLast())).isEqualTo(Policy.builtIn());
    assertThat(Policy.builtIn().ladder())
        .containsExactly("bootstrap", "growth", "stabilize", "strict");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"version = 2", "version = 1\nversion = 1", "= 1", "version = 1\n[[stages]]"})
  void whatIsNoPolicyIsRefusedWithItsLine(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("gate.toml"), text);
    var thrown = catchThrowableOfType(PolicyException.class, () -> Policy.read(file));
    assertThat(thrown.problems()).allMatch(problem -> problem.line() > 0).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "core-*", "*", "*re", "c*e"})
  void aStarNamesManyModules(String pattern) {
    var limits = new ModuleLimits(pattern, List.of());
    assertThat(limits.matches("core") || limits.matches("core-api")).isTrue();
    assertThat(new ModuleLimits("core", List.of()).matches("core-api")).isFalse();
    assertThat(new ModuleLimits("c.re", List.of()).matches("core")).isFalse();
  }
}
