package dev.synapse.gmp.report;

import java.util.ArrayList;
import java.util.List;

/// What is odd about one file, each with the file's name.
final class Notes {
  private final String file;
  private final List<String> lines = new ArrayList<>();

  Notes(String file) {
    this.file = file;
  }

  void add(String message) {
    lines.add(file + ": " + message);
  }

  List<String> lines() {
    return lines;
  }
}
