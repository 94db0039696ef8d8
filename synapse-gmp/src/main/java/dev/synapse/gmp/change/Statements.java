package dev.synapse.gmp.change;

import java.util.List;

/// Which lines belong to one statement, so that a change of its second line is a change of all of
/// it: reports give the data of a statement to its first line, or to some of its lines.
///
/// Lines are read, not parsed: a statement goes on while a bracket `(` or `[` is open, after a line
/// that ends in `\`, and, where statements end with a mark, until a line ends in `;`, `{`, `}`, `,`
/// at its outermost level or `:`. Text in quotes and comments is passed over. What a line says in a
/// form that this does not know makes a statement shorter or longer, never loses a line.
public final class Statements {
  private static final String ENDS = ";{},:";

  private final int[] first;
  private final int[] last;

  private Statements(int lines) {
    first = new int[lines + 1];
    last = new int[lines + 1];
  }

  /// Finds the statements of a source file.
  ///
  /// @param lines of the file, without their ends
  /// @param marks whether statements end with a mark, as in Java, and not with the line, as in
  ///   Python
  public static Statements of(List<String> lines, boolean marks) {
    var statements = new Statements(lines.size());
    var reader = new CodeLine(marks);
    int start = 1;
    for (int number = 1; number <= lines.size(); number++) {
      reader.read(lines.get(number - 1));
      boolean ends = reader.isBlank() ? start == number : reader.ends(marks ? ENDS : "");
      if (ends || number == lines.size()) {
        statements.close(start, number);
        start = number + 1;
      }
    }
    return statements;
  }

  private void close(int from, int to) {
    for (int line = from; line <= to; line++) {
      first[line] = from;
      last[line] = to;
    }
  }

  /// The first line of the statement that a line belongs to; the line itself behind the end.
  public int first(int line) {
    return line < first.length ? first[line] : line;
  }

  /// The last line of that statement.
  public int last(int line) {
    return line < last.length ? last[line] : line;
  }
}
