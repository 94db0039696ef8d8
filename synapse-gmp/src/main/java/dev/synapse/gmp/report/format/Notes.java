package dev.synapse.gmp.report.format;

import java.util.ArrayList;
import java.util.List;

/// What is odd about one file, each with the file's name.
public final class Notes {
  private final String file;
  private final List<String> lines = new ArrayList<>();

  /// @param file its name as the report tells it
  public Notes(String file) {
    this.file = file;
  }

  /// Adds one line.
  public void add(String message) {
    lines.add(file + ": " + message);
  }

  /// In their order.
  public List<String> lines() {
    return lines;
  }
}
