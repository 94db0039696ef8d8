package dev.synapse.gmp.analysis;

/// Joins numbers with underscores, which PMD's lexer of Python cuts in pieces: `1` and `_000`, or
/// `2.5`, `_5e`, `+` and `3`.
final class PythonTokens {
  private final TokenStream all;
  private final TokenStream joined = new TokenStream();

  private PythonTokens(TokenStream all) {
    this.all = all;
  }

  static TokenStream joined(TokenStream all) {
    var tokens = new PythonTokens(all);
    int i = 0;
    while (i < all.size()) {
      i = tokens.add(i);
    }
    return tokens.joined;
  }

  /// Adds a token with all that belongs to it; returns the one after that.
  private int add(int first) {
    int last = first;
    if (all.isNumber(first)) {
      while (continuesNumber(last)) {
        last++;
      }
    }
    var image = new StringBuilder(all.image(first));
    for (int i = first + 1; i <= last; i++) {
      image.append(all.image(i));
    }
    joined.add(
        image.toString(),
        all.line(first),
        all.column(first),
        all.endLine(last),
        all.endColumn(last));
    return last + 1;
  }

  private boolean continuesNumber(int i) {
    return isAdjacent(i + 1)
        && (all.image(i + 1).startsWith("_")
            || (all.image(i).matches("_[0-9_]*[eE]") && isSign(i + 1))
            || (isSign(i) && all.isNumber(i + 1)));
  }

  private boolean isSign(int i) {
    return all.is(i, "+") || all.is(i, "-");
  }

  private boolean isAdjacent(int i) {
    return i < all.size()
        && all.line(i) == all.endLine(i - 1)
        && all.column(i) == all.endColumn(i - 1);
  }
}
