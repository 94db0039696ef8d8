package dev.synapse.gmp.analysis;

import java.util.Arrays;
import java.util.BitSet;

/// The tokens of one file, in their order, without comments. Kept in arrays: a project has
/// millions.
final class TokenStream {
  private static final int FIRST_SIZE = 1024;

  private String[] images = new String[FIRST_SIZE];
  private int[] lines = new int[FIRST_SIZE];
  private int[] columns = new int[FIRST_SIZE];
  private int[] endLines = new int[FIRST_SIZE];
  private int[] endColumns = new int[FIRST_SIZE];
  private int size;

  /// Adds a token; one of nothing but white space is a line end.
  void add(String image, int line, int column, int endLine, int endColumn) {
    if (size == images.length) {
      images = Arrays.copyOf(images, 2 * size);
      lines = Arrays.copyOf(lines, 2 * size);
      columns = Arrays.copyOf(columns, 2 * size);
      endLines = Arrays.copyOf(endLines, 2 * size);
      endColumns = Arrays.copyOf(endColumns, 2 * size);
    }
    images[size] = image;
    lines[size] = line;
    columns[size] = column;
    endLines[size] = endLine;
    endColumns[size] = endColumn;
    size++;
  }

  /// Makes the last token longer.
  void replaceLast(String image, int endColumn) {
    images[size - 1] = image;
    endColumns[size - 1] = endColumn;
  }

  int size() {
    return size;
  }

  /// How the token is written; empty before the first and after the last.
  String image(int index) {
    return index < 0 || index >= size ? "" : images[index];
  }

  boolean is(int index, String image) {
    return index >= 0 && index < size && images[index].equals(image);
  }

  /// Whether it is a word: a name or a keyword.
  boolean isWord(int index) {
    return index >= 0 && index < size && Character.isJavaIdentifierStart(images[index].charAt(0));
  }

  /// Whether it is a literal number, without a sign.
  boolean isNumber(int index) {
    String image = image(index);
    int first = image.startsWith(".") ? 1 : 0;
    return image.length() > first && isDigit(image.charAt(first));
  }

  /// Whether it only ends a line.
  boolean isLineEnd(int index) {
    return images[index].isBlank();
  }

  int line(int index) {
    return lines[index];
  }

  int column(int index) {
    return columns[index];
  }

  int endLine(int index) {
    return endLines[index];
  }

  /// The column after its last character.
  int endColumn(int index) {
    return endColumns[index];
  }

  /// The lines that bear a token.
  LineSet code() {
    var code = new BitSet();
    for (int i = 0; i < size; i++) {
      if (!isLineEnd(i)) {
        code.set(lines[i], endLines[i] + 1);
      }
    }
    return LineSet.of(code);
  }

  /// How many tokens, line ends not counted.
  int count() {
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (!isLineEnd(i)) {
        count++;
      }
    }
    return count;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
