package dev.synapse.gmp.analysis;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes an analysis as one line of JSON: keys and lists sorted, whole numbers, what belongs to a
/// file with the file. Reading takes a file only when writing it again gives the same bytes.
final class AnalysisJson {
  /// The definitions by the metrics that are counted by them.
  static final Map<String, String> DEFINITIONS =
      Map.of(
          "code_duplication", Definitions.DUPLICATION,
          "cyclomatic_complexity", Definitions.CYCLOMATIC_COMPLEXITY,
          "magic_numbers", Definitions.MAGIC_NUMBERS);

  private static final JsonFactory FACTORY = new JsonFactory();

  private final JsonGenerator out;

  private AnalysisJson(JsonGenerator out) {
    this.out = out;
  }

  static String of(AnalysisReport report) {
    var text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      new AnalysisJson(out).report(report);
    }
    return text + "\n";
  }

  static AnalysisReport parse(String file, byte[] bytes) throws AnalysisException {
    AnalysisReport report = parseKnown(file, bytes);
    if (!Arrays.equals(report.toJson().getBytes(StandardCharsets.UTF_8), bytes)) {
      throw new AnalysisException(file, "not in its canonical form");
    }
    return report;
  }

  /// The same where the bytes are known to be written by this version.
  static AnalysisReport parseKnown(String file, byte[] bytes) throws AnalysisException {
    if (bytes.length == 0) {
      throw new AnalysisException(file, "is empty");
    }
    try {
      return AnalysisReader.read(bytes);
    } catch (JacksonException e) {
      throw new AnalysisException(
          file, "not JSON at column %d".formatted(e.getLocation().getColumnNr()));
    } catch (IllegalArgumentException e) {
      throw new AnalysisException(file, String.valueOf(e.getMessage()));
    }
  }

  private void report(AnalysisReport report) {
    out.writeStartObject();
    out.writeName("definitions");
    out.writeStartObject();
    new TreeMap<>(DEFINITIONS).forEach(out::writeStringProperty);
    out.writeEndObject();
    out.writeName("duplicates");
    duplicates(report.duplicates());
    out.writeName("files");
    files(report);
    list("leftOut", report.sources().leftOut(), AnalysisJson::leftOut);
    list("notes", report.notes(), (json, note) -> json.out.writeString(note));
    list("unreadable", report.sources().unreadable(), AnalysisJson::unreadable);
    out.writeNumberProperty("version", AnalysisReport.VERSION);
    out.writeEndObject();
  }

  private void duplicates(Duplicates duplicates) {
    out.writeStartObject();
    list("groups", duplicates.groups(), AnalysisJson::group);
    out.writeNumberProperty("minimumTokens", duplicates.minimumTokens());
    out.writeEndObject();
  }

  private void group(Duplication group) {
    out.writeStartObject();
    list("places", group.places(), AnalysisJson::place);
    out.writeNumberProperty("tokens", group.tokens());
    out.writeEndObject();
  }

  private void place(Duplication.Place place) {
    out.writeStartArray();
    out.writeString(place.file());
    out.writeNumber(place.firstLine());
    out.writeNumber(place.lastLine());
    out.writeEndArray();
  }

  private void files(AnalysisReport report) {
    Map<String, List<FunctionComplexity>> functions =
        byFile(report.functions(), FunctionComplexity::file);
    Map<String, List<MagicNumber>> numbers = byFile(report.magicNumbers(), MagicNumber::file);
    out.writeStartArray();
    for (SourceFile file : report.files()) {
      out.writeStartObject();
      out.writeStringProperty("code", file.code().toString());
      out.writeStringProperty("duplicated", file.duplicated().toString());
      list("functions", functions.getOrDefault(file.path(), List.of()), AnalysisJson::function);
      out.writeStringProperty("language", file.language().id());
      out.writeNumberProperty("lines", file.lines());
      list("magicNumbers", numbers.getOrDefault(file.path(), List.of()), AnalysisJson::number);
      out.writeStringProperty("path", file.path());
      out.writeNumberProperty("tokens", file.tokens());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static <T> Map<String, List<T>> byFile(List<T> findings, Function<T, String> file) {
    return findings.stream().collect(Collectors.groupingBy(file));
  }

  private void function(FunctionComplexity function) {
    out.writeStartArray();
    out.writeString(function.name());
    out.writeNumber(function.firstLine());
    out.writeNumber(function.lastLine());
    out.writeNumber(function.complexity());
    out.writeEndArray();
  }

  private void number(MagicNumber number) {
    out.writeStartArray();
    out.writeNumber(number.line());
    out.writeNumber(number.column());
    out.writeString(number.literal());
    out.writeEndArray();
  }

  private void leftOut(LeftOut leftOut) {
    pair(leftOut.path(), leftOut.rule().id());
  }

  private void unreadable(Unreadable unreadable) {
    pair(unreadable.path(), unreadable.reason());
  }

  private void pair(String left, String right) {
    out.writeStartArray();
    out.writeString(left);
    out.writeString(right);
    out.writeEndArray();
  }

  private <T> void list(String name, List<T> values, BiConsumer<AnalysisJson, T> write) {
    out.writeName(name);
    out.writeStartArray();
    values.forEach(value -> write.accept(this, value));
    out.writeEndArray();
  }
}
