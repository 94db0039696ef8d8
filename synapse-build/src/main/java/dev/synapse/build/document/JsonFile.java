package dev.synapse.build.document;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON whose outermost value is an object. A key that is there twice is an error.
public final class JsonFile {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private JsonFile() {}

  /// The file's content; empty when it is not JSON, which `problems` then says.
  public static Optional<Node.Table> read(Path file, Problems problems) throws IOException {
    if (!Files.isRegularFile(file)) {
      problems.add(0, "", "is no file");
      return Optional.empty();
    }
    try (InputStream stream = Files.newInputStream(file);
        JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), stream)) {
      parser.nextToken();
      Node content = node(parser, 1);
      if (parser.nextToken() != null) {
        problems.add(lineOf(parser), "", "goes on after its end");
        return Optional.empty();
      }
      if (content instanceof Node.Table table) {
        return Optional.of(table);
      }
      problems.add(content.line(), "", "expected an object, found " + content.shown());
    } catch (JacksonIOException e) {
      throw e.getCause();
    } catch (JacksonException e) {
      note(e, file, problems);
    }
    return Optional.empty();
  }

  private static void note(JacksonException problem, Path file, Problems problems)
      throws IOException {
    int line = problem.getLocation() == null ? 0 : Math.max(0, problem.getLocation().getLineNr());
    Optional<Integer> marker = conflictMarker(file, line);
    if (marker.isPresent()) {
      problems.add(marker.get(), "", "holds the marks of a merge that was not finished");
    } else if (problem instanceof UnexpectedEndOfInputException) {
      problems.add(line, "", "ends too early");
    } else {
      problems.add(line, "", "not JSON: " + sentence(problem));
    }
  }

  private static String sentence(JacksonException problem) {
    // What follows in brackets or after a colon speaks of Jackson's settings.
    String text = String.valueOf(problem.getOriginalMessage()).replaceAll("(?s)( \\(|: |\n).*", "");
    return text.isEmpty()
        ? "unreadable"
        : text.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + text.substring(1);
  }

  /// The line, `last` at the latest, on which git has left the start of a conflict.
  private static Optional<Integer> conflictMarker(Path file, int last) throws IOException {
    try (var lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      int number = 1;
      for (String line = lines.readLine();
          line != null && number <= last;
          line = lines.readLine()) {
        if (line.startsWith("<<<<<<< ")) {
          return Optional.of(number);
        }
        number++;
      }
    }
    return Optional.empty();
  }

  private static int lineOf(JsonParser parser) {
    return Math.max(1, parser.currentTokenLocation().getLineNr());
  }

  private static Node node(JsonParser parser, int line) {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new UnexpectedEndOfInputException(parser, JsonToken.NOT_AVAILABLE, "empty");
    }
    return switch (token) {
      case START_OBJECT -> object(parser, line);
      case START_ARRAY -> array(parser, line);
      case VALUE_STRING -> new Node.Text(line, parser.getString());
      case VALUE_TRUE -> new Node.Truth(line, true);
      case VALUE_FALSE -> new Node.Truth(line, false);
      case VALUE_NUMBER_INT -> whole(parser, line);
      default -> new Node.Other(line, parser.getString());
    };
  }

  private static Node whole(JsonParser parser, int line) {
    return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
        ? new Node.Other(line, parser.getString())
        : new Node.Whole(line, parser.getLongValue());
  }

  private static Node object(JsonParser parser, int line) throws StreamReadException {
    SequencedMap<String, Node> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      int keyLine = lineOf(parser);
      String key = parser.currentName();
      parser.nextToken();
      entries.put(key, node(parser, keyLine));
    }
    return new Node.Table(line, entries);
  }

  private static Node array(JsonParser parser, int line) {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node(parser, lineOf(parser)));
    }
    return new Node.Array(line, items);
  }
}
