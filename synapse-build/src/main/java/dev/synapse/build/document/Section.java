package dev.synapse.build.document;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Function;

/// A table of a file while it is read: gives values of the wanted kind, and notes what is wrong
/// instead of stopping there. Whoever reads a table asks for each key it may have, then calls
/// [#finish()], which notes the keys nobody asked for.
///
/// Everything read is to be thrown away when [Problems] holds something at the end.
public final class Section {
  private final Problems problems;
  private final String path;
  private final Node.Table table;
  private final SequencedSet<String> known = new LinkedHashSet<>();

  private Section(Problems problems, String path, Node.Table table) {
    this.problems = problems;
    this.path = path;
    this.table = table;
  }

  /// The whole file.
  public static Section root(Problems problems, Node.Table table) {
    return new Section(problems, "", table);
  }

  /// The line where it starts.
  public int line() {
    return table.line();
  }

  /// Its keys, in the order of the file.
  public SequencedSet<String> keys() {
    return table.entries().sequencedKeySet();
  }

  /// Whether the key is there; it counts as asked for.
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /// The value, of whatever kind.
  public Optional<Node> find(String key) {
    known.add(key);
    return Optional.ofNullable(table.entries().get(key));
  }

  /// Notes that the value of `key`, or the lack of one, is wrong.
  public void note(String key, String what) {
    Node value = table.entries().get(key);
    problems.add(value == null ? line() : value.line(), pathOf(key), what);
  }

  /// Notes that `item` of the array `key`, or the value of `key` itself, is wrong.
  public void noteItem(String key, String item, String what) {
    int at = find(key).map(node -> lineOf(node, item)).orElse(line());
    problems.add(at, pathOf(key), what);
  }

  private static int lineOf(Node node, String item) {
    return node instanceof Node.Array(var line, var items)
        ? items.stream()
            .filter(each -> each instanceof Node.Text(_, var text) && text.equals(item))
            .map(Node::line)
            .findFirst()
            .orElse(line)
        : node.line();
  }

  /// Notes that the table as such is wrong.
  public void note(String what) {
    problems.add(line(), path, what);
  }

  /// Notes that the value is not of the expected kind.
  private void noteExpected(String key, String expected, Node found) {
    problems.add(found.line(), pathOf(key), expected(expected, found));
  }

  private static String expected(String expected, Node found) {
    return "expected " + expected + ", found " + found.shown();
  }

  private String pathOf(String key) {
    return path.isEmpty() ? Words.keyPart(key) : path + "." + Words.keyPart(key);
  }

  /// Notes the lack of a key.
  public void noteMissing(String key, String expected) {
    note(key, "missing, expected " + expected);
  }

  /// A string, read further by `parse`, which answers empty for what is not `expected`.
  public <T> Optional<T> text(String key, String expected, Function<String, Optional<T>> parse) {
    return find(key).flatMap(node -> parsed(key, node, expected, parse));
  }

  /// A string that has to be there.
  public <T> Optional<T> neededText(
      String key, String expected, Function<String, Optional<T>> parse) {
    if (!has(key)) {
      noteMissing(key, expected);
    }
    return text(key, expected, parse);
  }

  private <T> Optional<T> parsed(
      String key, Node node, String expected, Function<String, Optional<T>> parse) {
    Optional<T> value =
        node instanceof Node.Text(_, var text) ? parse.apply(text) : Optional.empty();
    if (value.isEmpty()) {
      noteExpected(key, expected, node);
    }
    return value;
  }

  /// A whole number in the range, both ends included.
  public Optional<Long> whole(String key, long least, long most) {
    Optional<Node> found = find(key);
    if (found.isPresent()) {
      if (found.get() instanceof Node.Whole(_, var value) && value >= least && value <= most) {
        return Optional.of(value);
      }
      String range = most == Long.MAX_VALUE ? "from " + least : "from " + least + " to " + most;
      noteExpected(key, "a whole number " + range, found.get());
    }
    return Optional.empty();
  }

  /// True or false; false when it is not there.
  public boolean truth(String key) {
    Optional<Node> found = find(key);
    if (found.isPresent()) {
      if (found.get() instanceof Node.Truth(_, var value)) {
        return value;
      }
      noteExpected(key, "true or false", found.get());
    }
    return false;
  }

  /// An array of different strings, each read further by `parse`; empty when it is not there.
  ///
  /// @param expected what each has to be, `the name of a package`
  public <T> List<T> texts(String key, String expected, Function<String, Optional<T>> parse) {
    List<T> values = new ArrayList<>();
    Optional<Node> found = find(key);
    if (found.isEmpty()) {
      return values;
    }
    if (!(found.get() instanceof Node.Array(_, var items))) {
      noteExpected(key, "an array of strings", found.get());
      return values;
    }
    Set<String> seen = new HashSet<>();
    for (Node item : items) {
      switch (item) {
        case Node.Text(var line, var text) -> {
          Optional<T> value = parse.apply(text);
          if (value.isEmpty()) {
            noteExpected(key, expected, item);
          } else if (!seen.add(text)) {
            problems.add(line, pathOf(key), Words.quoted(text) + " is there twice");
          } else {
            values.add(value.get());
          }
        }
        default -> noteExpected(key, "an array of strings", item);
      }
    }
    return values;
  }

  /// An array with at least one string.
  public <T> List<T> someTexts(String key, String expected, Function<String, Optional<T>> parse) {
    if (find(key).orElse(null) instanceof Node.Array(_, var items) && items.isEmpty()) {
      note(key, "expected at least one, " + expected);
    }
    return texts(key, expected, parse);
  }

  /// As [#someTexts], and it has to be there.
  public <T> List<T> neededTexts(String key, String expected, Function<String, Optional<T>> parse) {
    if (!has(key)) {
      noteMissing(key, "an array of strings");
    }
    return someTexts(key, expected, parse);
  }

  /// The table below `key`.
  public Optional<Section> section(String key) {
    Optional<Node> found = find(key);
    if (found.isPresent()) {
      if (found.get() instanceof Node.Table below) {
        return Optional.of(new Section(problems, pathOf(key), below));
      }
      noteExpected(key, "a table", found.get());
    }
    return Optional.empty();
  }

  /// The table below `key`, which has to be there.
  public Optional<Section> neededSection(String key) {
    if (!has(key)) {
      noteMissing(key, "a table");
    }
    return section(key);
  }

  /// The tables of an array.
  public List<Section> sections(String key) {
    Optional<Node> found = find(key);
    List<Section> below = new ArrayList<>();
    if (found.isEmpty()) {
      noteMissing(key, "an array of tables");
    } else if (found.get() instanceof Node.Array(_, var items)) {
      for (Node item : items) {
        if (item instanceof Node.Table entry) {
          below.add(new Section(problems, pathOf(key), entry));
        } else {
          noteExpected(key, "an array of tables", item);
        }
      }
    } else {
      noteExpected(key, "an array of tables", found.get());
    }
    return below;
  }

  /// The keys of the table below `key`, whatever their values are.
  public SequencedSet<String> keysOf(String key) {
    return find(key).orElse(null) instanceof Node.Table(_, SequencedMap<String, Node> entries)
        ? entries.sequencedKeySet()
        : new LinkedHashSet<>();
  }

  /// Notes each key that was not asked for, and the nearest one that was.
  public void finish() {
    for (String key : keys()) {
      if (!known.contains(key)) {
        note(key, "unknown key; " + Words.hint(key, known));
      }
    }
  }
}
