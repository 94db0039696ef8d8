package dev.synapse.gmp.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Takes an analysis out of JSON. What is there too much is found when it is written again.
final class AnalysisReader {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final List<SourceFile> files = new ArrayList<>();
  private final List<FunctionComplexity> functions = new ArrayList<>();
  private final List<MagicNumber> numbers = new ArrayList<>();

  private AnalysisReader() {}

  /// Reads a report.
  ///
  /// @throws IllegalArgumentException if something is missing or cannot be
  static AnalysisReport read(byte[] bytes) {
    JsonNode root = MAPPER.readTree(bytes);
    int version = number(root.path("version"), "version");
    if (version != AnalysisReport.VERSION) {
      throw new IllegalArgumentException(
          "version %d, this Synapse reads version %d".formatted(version, AnalysisReport.VERSION));
    }
    var reader = new AnalysisReader();
    list(root, "files").forEach(reader::file);
    return new AnalysisReport(
        new Sources(
            reader.files,
            list(root, "leftOut").stream().map(AnalysisReader::leftOut).toList(),
            list(root, "unreadable").stream().map(AnalysisReader::unreadable).toList()),
        reader.functions,
        reader.numbers,
        duplicates(root.path("duplicates")),
        list(root, "notes").stream().map(note -> text(note, "note")).toList());
  }

  private void file(JsonNode file) {
    String path = text(file.path("path"), "path");
    String language = text(file.path("language"), "language");
    files.add(
        new SourceFile(
            path,
            known(Language.named(language), language),
            number(file.path("lines"), "lines"),
            number(file.path("tokens"), "tokens"),
            lines(file, "code"),
            lines(file, "duplicated")));
    list(file, "functions").forEach(function -> function(path, function));
    list(file, "magicNumbers").forEach(number -> number(path, number));
  }

  private void function(String path, JsonNode function) {
    int field = 0;
    functions.add(
        new FunctionComplexity(
            path,
            text(function.path(field++), "name"),
            number(function.path(field++), "first line"),
            number(function.path(field++), "last line"),
            number(function.path(field), "complexity")));
  }

  private void number(String path, JsonNode number) {
    numbers.add(
        new MagicNumber(
            path,
            number(number.path(0), "line"),
            number(number.path(1), "column"),
            text(number.path(2), "literal")));
  }

  private static LeftOut leftOut(JsonNode pair) {
    String rule = text(pair.path(1), "rule");
    return new LeftOut(text(pair.path(0), "path"), known(LeftOut.Rule.named(rule), rule));
  }

  private static Unreadable unreadable(JsonNode pair) {
    return new Unreadable(text(pair.path(0), "path"), text(pair.path(1), "reason"));
  }

  private static Duplicates duplicates(JsonNode duplicates) {
    return new Duplicates(
        number(duplicates.path("minimumTokens"), "minimumTokens"),
        list(duplicates, "groups").stream().map(AnalysisReader::group).toList());
  }

  private static Duplication group(JsonNode group) {
    return new Duplication(
        number(group.path("tokens"), "tokens"),
        list(group, "places").stream().map(AnalysisReader::place).toList());
  }

  private static Duplication.Place place(JsonNode place) {
    return new Duplication.Place(
        text(place.path(0), "file"),
        number(place.path(1), "first line"),
        number(place.path(2), "last line"));
  }

  private static LineSet lines(JsonNode file, String name) {
    String text = text(file.path(name), name);
    return known(LineSet.parse(text), text);
  }

  private static <T> T known(Optional<T> value, String text) {
    return value.orElseThrow(
        () -> new IllegalArgumentException("'%s' is not known".formatted(text)));
  }

  private static List<JsonNode> list(JsonNode node, String name) {
    JsonNode list = node.path(name);
    if (!list.isArray()) {
      throw new IllegalArgumentException("'%s' is not a list".formatted(name));
    }
    return list.valueStream().toList();
  }

  private static int number(JsonNode node, String name) {
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw new IllegalArgumentException(
          "%s is %s, not a whole number".formatted(name, node.isMissingNode() ? "missing" : node));
    }
    return node.intValue();
  }

  private static String text(JsonNode node, String name) {
    if (!node.isString()) {
      throw new IllegalArgumentException("%s is not text".formatted(name));
    }
    return node.stringValue();
  }
}
