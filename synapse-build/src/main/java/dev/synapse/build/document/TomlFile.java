package dev.synapse.build.document;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;
import org.tomlj.TomlVersion;

/// Reads TOML 1.0, the version that Nix reads as well.
public final class TomlFile {
  private static final long LARGEST = 1L << 20;

  private TomlFile() {}

  /// The file's content; empty when it is not TOML, which `problems` then says.
  public static Optional<Node.Table> read(Path file, Problems problems) throws IOException {
    if (!Files.isRegularFile(file)) {
      problems.add(0, "", "is no file");
      return Optional.empty();
    }
    if (Files.size(file) > LARGEST) {
      problems.add(0, "", "is larger than 1 MiB");
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    try {
      String text =
          StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
      return parse(text, problems);
    } catch (CharacterCodingException _) {
      problems.add(lineOfBadByte(bytes), "", "is not UTF-8");
      return Optional.empty();
    }
  }

  /// The content of a text.
  public static Optional<Node.Table> parse(String text, Problems problems) {
    TomlParseResult result = Toml.parse(text, TomlVersion.V1_0_0);
    for (TomlParseError error : result.errors()) {
      problems.add(error.position().line(), "", sentence(error));
    }
    return result.errors().isEmpty() ? Optional.of(table(1, result)) : Optional.empty();
  }

  /// The part up to the first line is valid, and ends on the line of the first bad byte.
  private static int lineOfBadByte(byte[] bytes) {
    var input = java.nio.ByteBuffer.wrap(bytes);
    var output = java.nio.CharBuffer.allocate(bytes.length);
    StandardCharsets.UTF_8.newDecoder().decode(input, output, true);
    return 1 + (int) output.flip().chars().filter(letter -> letter == '\n').count();
  }

  private static String sentence(TomlParseError error) {
    String text = String.valueOf(error.getMessage()).lines().findFirst().orElse("not TOML");
    return "not TOML: "
        + text.substring(0, 1).toLowerCase(java.util.Locale.ROOT)
        + text.substring(1);
  }

  private static Node.Table table(int line, TomlTable table) {
    SequencedMap<String, Node> entries = new LinkedHashMap<>();
    for (String key : table.keySet()) {
      List<String> path = List.of(key);
      TomlPosition position = table.inputPositionOf(path);
      int keyLine = position == null ? line : position.line();
      entries.put(key, node(keyLine, requireNonNull(table.get(path))));
    }
    return new Node.Table(line, entries);
  }

  private static Node node(int line, Object value) {
    return switch (value) {
      case TomlTable table -> table(line, table);
      case TomlArray array -> array(line, array);
      case String text -> new Node.Text(line, text);
      case Long whole -> new Node.Whole(line, whole);
      case Boolean truth -> new Node.Truth(line, truth);
      default -> new Node.Other(line, value.toString());
    };
  }

  private static Node array(int line, TomlArray array) {
    List<Node> items = new ArrayList<>();
    for (int index = 0; index < array.size(); index++) {
      TomlPosition position = array.inputPositionOf(index);
      items.add(node(position == null ? line : position.line(), array.get(index)));
    }
    return new Node.Array(line, items);
  }
}
