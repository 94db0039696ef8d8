package dev.synapse.gmp.analysis;

import java.util.Arrays;

/// The tokens of one file that are compared when duplicates are looked for, each as a number of 64
/// bits that its characters give: two tokens count as the same when their numbers are. That two
/// that differ have the same number is less likely than that the machine errs.
final class ComparedTokens {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private final long[] values;
  private final int[] firstLines;
  private final int[] lastLines;

  private ComparedTokens(long[] values, int[] firstLines, int[] lastLines) {
    this.values = values;
    this.firstLines = firstLines;
    this.lastLines = lastLines;
  }

  int size() {
    return values.length;
  }

  /// Writes the numbers of all tokens into an array.
  void copyTo(long[] target, int from) {
    System.arraycopy(values, 0, target, from, values.length);
  }

  /// The line of a token.
  int firstLine(int index) {
    return firstLines[index];
  }

  /// The line on which a token ends.
  int lastLine(int index) {
    return lastLines[index];
  }

  /// As CPD chooses them: in Java without semicolons, packages and imports, in Kotlin without
  /// packages and imports; line ends are none in any language.
  static ComparedTokens of(Language language, TokenStream tokens) {
    var values = new long[tokens.size()];
    var firstLines = new int[tokens.size()];
    var lastLines = new int[tokens.size()];
    int size = 0;
    boolean imports = false;
    for (int i = 0; i < tokens.size(); i++) {
      imports = imports ? !endsImport(tokens, i) : beginsImport(language, tokens, i);
      if (!imports && isCompared(language, tokens, i)) {
        values[size] = value(tokens.image(i));
        firstLines[size] = tokens.line(i);
        lastLines[size] = tokens.endLine(i);
        size++;
      }
    }
    return new ComparedTokens(
        Arrays.copyOf(values, size),
        Arrays.copyOf(firstLines, size),
        Arrays.copyOf(lastLines, size));
  }

  private static boolean beginsImport(Language language, TokenStream tokens, int i) {
    boolean imports = language == Language.JAVA || language == Language.KOTLIN;
    return imports && (tokens.is(i, "import") || tokens.is(i, "package"));
  }

  private static boolean endsImport(TokenStream tokens, int i) {
    return tokens.is(i, ";") || tokens.isLineEnd(i);
  }

  private static boolean isCompared(Language language, TokenStream tokens, int i) {
    return !tokens.isLineEnd(i) && !(language == Language.JAVA && tokens.is(i, ";"));
  }

  /// FNV-1a, over characters.
  private static long value(String image) {
    long value = OFFSET;
    for (int i = 0; i < image.length(); i++) {
      value = (value ^ image.charAt(i)) * PRIME;
    }
    return value ^ (value >>> Integer.SIZE);
  }
}
