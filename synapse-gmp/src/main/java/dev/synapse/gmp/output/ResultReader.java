package dev.synapse.gmp.output;

import dev.synapse.gmp.policy.Unit;
import dev.synapse.gmp.verdict.Measurement;
import dev.synapse.gmp.verdict.PastRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads what [ResultJson] wrote earlier: the figures, and which commit they are of.
public final class ResultReader {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// As many of a commit's id as git shows.
  private static final int SHOWN_DIGITS = 7;

  private ResultReader() {}

  /// An earlier judgement is not one.
  public static final class ResultException extends Exception {
    private static final long serialVersionUID = 1L;

    private ResultException(String file, String reason) {
      super("%s is not a judgement of this gate: %s".formatted(file, reason));
    }
  }

  /// Reads a file.
  ///
  /// @param label how people call the record; the revision, shortened, where it has one, is taken
  ///   when this is empty
  /// @throws ResultException if it is not such a document
  /// @throws IOException if it cannot be read
  public static PastRecord read(Path file, String label) throws ResultException, IOException {
    String name = String.valueOf(file.getFileName());
    try {
      JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
      if (root.path("version").asInt(0) != ResultJson.VERSION || !root.path("figures").isObject()) {
        throw new ResultException(name, "no version %d with figures".formatted(ResultJson.VERSION));
      }
      Optional<String> revision =
          Optional.of(root.path("revision")).filter(JsonNode::isString).map(JsonNode::asString);
      return new PastRecord(
          label.isEmpty() ? revision.map(ResultReader::shortened).orElse(name) : label,
          revision,
          figures(root.path("figures")));
    } catch (JacksonException _) {
      throw new ResultException(name, "not JSON");
    } catch (IllegalArgumentException e) {
      throw new ResultException(name, String.valueOf(e.getMessage()));
    }
  }

  /// An earlier judgement that a record holds; empty when it holds no figures, as the first
  /// versions of this gate wrote none.
  ///
  /// @param revision the commit that it is of, where the record says so
  public static Optional<PastRecord> of(
      JsonNode document, Optional<String> revision, String label) {
    if (document.path("version").asInt(0) != ResultJson.VERSION
        || !document.path("figures").isObject()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new PastRecord(
              revision.map(ResultReader::shortened).orElse(label),
              revision,
              figures(document.path("figures"))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static String shortened(String revision) {
    return revision.substring(0, Math.min(SHOWN_DIGITS, revision.length()));
  }

  private static SortedMap<String, PastRecord.Figure> figures(JsonNode node) {
    SortedMap<String, PastRecord.Figure> figures = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      JsonNode value = each.getValue();
      var measurement =
          new Measurement(
              count(value, "numerator"), count(value, "denominator"), unit(value.path("unit")));
      figures.put(
          each.getKey(), new PastRecord.Figure(measurement, value.path("definition").asString("")));
    }
    return figures;
  }

  private static long count(JsonNode value, String key) {
    JsonNode count = value.path(key);
    if (!count.isIntegralNumber() || !count.canConvertToLong()) {
      throw new IllegalArgumentException("'%s' is no whole number".formatted(key));
    }
    return count.longValue();
  }

  private static Unit unit(JsonNode id) {
    return Arrays.stream(Unit.values())
        .filter(unit -> unit.id().equals(id.asString("")))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unit " + id));
  }
}
