package dev.synapse.gmp.report.format;

import java.util.List;
import java.util.Set;

/// The text of elements that hold a name or a number and nothing else.
final class TextOf {
  private static final int LONGEST = 1 << 16;

  private final Set<String> names;
  private final StringBuilder text = new StringBuilder();
  private boolean open;

  TextOf(String... names) {
    this.names = Set.of(names);
  }

  boolean isOpen() {
    return open;
  }

  void opened(List<String> path) {
    open = names.contains(path.getLast());
    text.setLength(0);
  }

  void add(String piece) throws DamagedReport {
    if (text.length() + piece.length() > LONGEST) {
      throw new DamagedReport("a name longer than 64 KiB");
    }
    text.append(piece);
  }

  /// The text of the element that ends, without blanks around it; empty if it is another.
  String closed(List<String> path) {
    String found = open && names.contains(path.getLast()) ? text.toString().strip() : "";
    open = false;
    return found;
  }
}
