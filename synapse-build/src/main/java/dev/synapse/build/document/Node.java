package dev.synapse.build.document;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// A value of a TOML or JSON file, and the line on which it, or the key that has it, stands.
public sealed interface Node {
  /// The line, from 1.
  int line();

  /// What a message shows of it.
  String shown();

  /// Keys and values, in the order of the file.
  record Table(int line, SequencedMap<String, Node> entries) implements Node {

    /// Copies the entries.
    public Table {
      entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
    }

    @Override
    public String shown() {
      return "a table";
    }
  }

  /// Several values.
  record Array(int line, List<Node> items) implements Node {

    /// Copies the items.
    public Array {
      items = List.copyOf(items);
    }

    @Override
    public String shown() {
      return "an array";
    }
  }

  /// A string.
  record Text(int line, String value) implements Node {

    /// Refuses null.
    public Text {
      requireNonNull(value, "value");
    }

    @Override
    public String shown() {
      return Words.quoted(value);
    }
  }

  /// A whole number.
  record Whole(int line, long value) implements Node {
    /// Keeps both.
    public Whole {}

    @Override
    public String shown() {
      return Long.toString(value);
    }
  }

  /// True or false.
  record Truth(int line, boolean value) implements Node {
    /// Keeps both.
    public Truth {}

    @Override
    public String shown() {
      return Boolean.toString(value);
    }
  }

  /// What is none of the others: a date, a fraction, null.
  ///
  /// @param shown as the file has it, dates in the form of ISO 8601
  record Other(int line, String shown) implements Node {

    /// Refuses null.
    public Other {
      requireNonNull(shown, "shown");
    }
  }
}
