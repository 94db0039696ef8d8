package dev.synapse.build.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Gathers what is wrong in one file, so that everything is said at once.
public final class Problems {
  private final String file;
  private final List<Problem> found = new ArrayList<>();

  /// For the file that messages call `file`.
  public Problems(String file) {
    this.file = file;
  }

  /// Notes one.
  public void add(int line, String key, String what) {
    found.add(new Problem(file, line, key, what));
  }

  /// Whether nothing was noted.
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /// Each once, in the order of the lines.
  public List<Problem> list() {
    return found.stream().distinct().sorted(Comparator.comparingInt(Problem::line)).toList();
  }
}
