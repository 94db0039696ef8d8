package dev.synapse.gmp.analysis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/// Makes the tokens of PMD's lexers alike: without line ends; what a lexer cuts in two is joined; a
/// text with parts of code in it, which Kotlin's and TypeScript's lexers cut into pieces, is one.
final class BraceTokens {
  private static final Set<String> QUOTES = Set.of("\"", "\"\"\"", "`");
  private static final Set<String> JOINED = Set.of("=>", "?:");

  private final TokenStream all;
  private final TokenStream alike = new TokenStream();

  /// The quotes and braces of the text that is being read.
  private final Deque<String> open = new ArrayDeque<>();

  private BraceTokens(TokenStream all) {
    this.all = all;
  }

  static TokenStream alike(TokenStream all) {
    var tokens = new BraceTokens(all);
    for (int i = 0; i < all.size(); i++) {
      tokens.token(i);
    }
    return tokens.alike;
  }

  private void token(int i) {
    String image = all.image(i).strip();
    if (!open.isEmpty()) {
      inText(image);
    } else if (QUOTES.contains(image)) {
      open.push(image);
      add("\"\"", i);
    } else if (i > 0 && JOINED.contains(all.image(i - 1) + image) && follows(i)) {
      alike.replaceLast(all.image(i - 1) + image, all.endColumn(i));
    } else if (!image.isEmpty()) {
      add(image, i);
    }
  }

  private void inText(String image) {
    boolean inCode = open.element().equals("{");
    if (inCode ? image.equals("}") : image.equals(open.element())) {
      open.pop();
    } else if (image.equals("${") || (inCode && (image.equals("{") || QUOTES.contains(image)))) {
      open.push(image.endsWith("{") ? "{" : image);
    }
  }

  private boolean follows(int i) {
    return all.line(i) == all.endLine(i - 1) && all.column(i) == all.endColumn(i - 1);
  }

  private void add(String image, int i) {
    alike.add(image, all.line(i), all.column(i), all.endLine(i), all.endColumn(i));
  }
}
