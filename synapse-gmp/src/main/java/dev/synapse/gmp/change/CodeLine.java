package dev.synapse.gmp.change;

import org.jspecify.annotations.Nullable;

/// Reads a source file line by line, and knows after each how many brackets are open and how its
/// code ended. What stands in quotes and comments is no code.
final class CodeLine {
  private static final String TRIPLE = "\"\"\"";

  private final boolean marks;
  private int depth;
  private boolean inComment;
  private @Nullable String block;
  private char lastCode;
  private boolean continued;

  /// @param marks whether comments begin with `//` and `/*`, else with `#`
  CodeLine(boolean marks) {
    this.marks = marks;
  }

  void read(String line) {
    lastCode = 0;
    continued = line.endsWith("\\");
    int at = 0;
    while (at < line.length()) {
      at = step(line, at);
    }
  }

  /// Whether the line had no code.
  boolean isBlank() {
    return lastCode == 0 && block == null;
  }

  /// Whether a statement may end here: no bracket, no text and no comment is open, and the code
  /// ends in one of these letters.
  ///
  /// @param letters none at all for any
  boolean ends(String letters) {
    boolean open = depth > 0 || block != null || inComment || continued;
    return !open && (letters.isEmpty() || letters.indexOf(lastCode) >= 0);
  }

  private int step(String line, int at) {
    String open = block;
    if (inComment) {
      int end = line.indexOf("*/", at);
      inComment = end < 0;
      return end < 0 ? line.length() : end + 2;
    }
    if (open != null) {
      int end = line.indexOf(open, at);
      if (end >= 0) {
        block = null;
        lastCode = '"';
      }
      return end < 0 ? line.length() : end + open.length();
    }
    return code(line, at);
  }

  private int code(String line, int at) {
    char letter = line.charAt(at);
    if (isComment(line, at)) {
      return line.length();
    }
    if (marks && line.startsWith("/*", at)) {
      inComment = true;
      return at + 2;
    }
    if (opensBlock(line, at)) {
      block = line.substring(at, at + TRIPLE.length());
      return at + TRIPLE.length();
    }
    if (letter == '"' || letter == '\'' || letter == '`') {
      lastCode = letter;
      return afterQuote(line, at);
    }
    count(letter);
    return at + 1;
  }

  private boolean isComment(String line, int at) {
    return marks ? line.startsWith("//", at) : line.charAt(at) == '#';
  }

  private boolean opensBlock(String line, int at) {
    return line.startsWith(TRIPLE, at) || (!marks && line.startsWith("'''", at));
  }

  private void count(char letter) {
    if (letter == '(' || letter == '[') {
      depth++;
    } else if (letter == ')' || letter == ']') {
      depth = Math.max(0, depth - 1);
    }
    if (!Character.isWhitespace(letter)) {
      lastCode = letter;
    }
  }

  /// Behind the quote that closes, or behind the line where none does.
  private static int afterQuote(String line, int at) {
    char quote = line.charAt(at);
    int end = at + 1;
    while (end < line.length() && line.charAt(end) != quote) {
      end += line.charAt(end) == '\\' ? 2 : 1;
    }
    return Math.min(end + 1, line.length());
  }
}
