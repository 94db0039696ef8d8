package dev.synapse.gmp.analysis;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds functions and numbers in languages with braces, as far as tokens show them: what a brace
/// holds is read from the tokens before it. Functions without braces are not seen; a function
/// inside of another counts with that one.
final class BraceScan {
  private static final Set<String> OPENING = Set.of("{", "(", "[");
  private static final Set<String> CLOSING = Set.of("}", ")", "]");
  private static final Set<String> HASH_CODES = Set.of("hashCode", "GetHashCode", "hash");
  private static final Pattern CAPITALS = Pattern.compile("_*[A-Z][A-Z0-9_]*");

  /// What a statement goes on after, at the end of a line.
  private static final Set<String> UNFINISHED =
      Set.of(
          "=", "+", "-", "*", "/", "%", "&&", "||", ",", ".", "(", "[", ":", "?", "=>", "|", "&");

  private final Language language;
  private final Grammar grammar;
  private final TokenStream tokens;
  private final Findings findings;
  private Scope scope = new Scope(null, "", true, 0);

  private BraceScan(Language language, TokenStream tokens, Findings findings) {
    this.language = language;
    this.grammar = Grammar.of(language);
    this.tokens = tokens;
    this.findings = findings;
  }

  static void scan(Language language, TokenStream tokens, Findings findings) {
    var scan = new BraceScan(language, BraceTokens.alike(tokens), findings);
    for (int i = 0; i < scan.tokens.size(); i++) {
      scan.token(i);
    }
    if (scan.scope.parent != null) {
      findings.note("a bracket is not closed, what is in it may not be counted");
    }
  }

  private void token(int i) {
    String image = tokens.image(i);
    if (beginsLine(i)) {
      scope.next(i);
    }
    if (OPENING.contains(image)) {
      open(i, image.equals("{"));
    } else if (CLOSING.contains(image)) {
      close(i);
    } else if (image.equals(";") && scope.braces) {
      scope.next(i + 1);
    } else {
      inside(i, image);
    }
  }

  /// Whether a token begins a statement because it begins a line.
  private boolean beginsLine(int i) {
    return grammar.lines()
        && scope.braces
        && i > 0
        && tokens.line(i) > tokens.endLine(i - 1)
        && !tokens.is(i, "{")
        && !UNFINISHED.contains(tokens.image(i - 1))
        && !UNFINISHED.contains(tokens.image(i));
  }

  private void inside(int i, String image) {
    if (tokens.isNumber(i)) {
      number(i);
    } else if (grammar.constants().contains(image) && !scope.assigned) {
      scope.constantWord = true;
    } else if (image.equals("=") || image.equals(":=")) {
      scope.assigned = true;
      scope.capitals |= isInCapitals(i);
    }
    decide(i, image);
  }

  /// Whether the name that is given a value is one of a constant: `NAME =`, `NAME: Type =`.
  private boolean isInCapitals(int assignment) {
    for (int i = scope.start; i < assignment; i++) {
      if (CAPITALS.matcher(tokens.image(i)).matches()) {
        return true;
      }
    }
    return false;
  }

  // Brackets.

  private void open(int i, boolean brace) {
    if (brace && ((scope.braces && !scope.assigned) || isFunctionValue(i))) {
      openBody(i);
    } else {
      push(i, scope.path, brace && (isArms(i) || scope.function != null));
    }
  }

  private boolean isFunctionValue(int i) {
    return scope.function == null && header(i).function().isPresent();
  }

  private BraceHeader header(int i) {
    return new BraceHeader(language, tokens, scope.start, i);
  }

  private void openBody(int i) {
    BraceHeader header = header(i);
    Optional<String> name = scope.function == null ? header.function() : Optional.empty();
    int first = Math.min(scope.start, i);
    boolean isEnum = header.isEnum();
    String path = header.type().map(type -> scope.path + type + ".").orElse(scope.path);
    if (name.isPresent()) {
      String whole = scope.path + name.get();
      push(i, whole + ".", true);
      scope.function = new OpenFunction(whole, tokens.line(first));
      scope.body = true;
      scope.explained = HASH_CODES.contains(name.get());
    } else {
      push(i, path, true);
      scope.explained |= isEnum;
    }
  }

  private void push(int i, String path, boolean braces) {
    Scope outer = scope;
    var inner = new Scope(outer, path, braces, i + 1);
    inner.function = outer.function;
    inner.arms = isArms(i);
    inner.explained = outer.explained || isExplained() || isMetadata(i) || isConstants(i);
    inner.inline = isTypeLiteral(i);
    scope = inner;
  }

  /// Whether a brace holds the arms of `match`, `when` or a `switch` expression.
  private boolean isArms(int i) {
    if (!grammar.arms() || !tokens.is(i, "{")) {
      return false;
    }
    for (int word = i - 1; word >= scope.start; word--) {
      String image = tokens.image(word);
      if (image.equals("match") || image.equals("when")) {
        return true;
      }
      if (image.equals("switch")) {
        return word == i - 1;
      }
    }
    return false;
  }

  /// Whether a bracket holds what is said about code: `#[...]`, `@Name(...)`, an attribute.
  private boolean isMetadata(int i) {
    boolean rust = language == Language.RUST && tokens.is(i, "[") && tokens.is(i - 1, "#");
    boolean annotation = tokens.is(i, "(") && tokens.is(i - 2, "@");
    boolean attribute = language == Language.CSHARP && tokens.is(i, "[") && i == scope.start;
    return rust || annotation || attribute;
  }

  /// Whether a bracket holds the constants of Go's `const (...)`.
  private boolean isConstants(int i) {
    return language == Language.GO && tokens.is(i, "(") && tokens.is(i - 1, "const");
  }

  /// Whether a brace is that of Go's `interface{}` or `struct{}`.
  private boolean isTypeLiteral(int i) {
    boolean word = tokens.is(i - 1, "interface") || tokens.is(i - 1, "struct");
    return language == Language.GO && word && tokens.is(i + 1, "}");
  }

  private void close(int i) {
    Scope closed = scope;
    Scope outer = closed.parent;
    if (outer == null) {
      findings.note("line %d closes a bracket that is not open".formatted(tokens.line(i)));
      return;
    }
    OpenFunction function = closed.function;
    if (closed.body && function != null) {
      findings.function(function.name, function.firstLine, tokens.endLine(i), function.complexity);
    }
    scope = outer;
    if (tokens.is(i, "}") && outer.braces && !outer.assigned && !closed.inline) {
      outer.next(i + 1);
    }
  }

  // Decisions.

  private void decide(int i, String image) {
    OpenFunction function = scope.function;
    if (function != null && isDecision(i, image)) {
      function.complexity++;
    }
  }

  private boolean isDecision(int i, String image) {
    if (image.equals("=>") || image.equals("->")) {
      return scope.arms && !tokens.is(i - 1, "_") && !tokens.is(i - 1, "else");
    }
    if (!grammar.decisions().contains(image) || tokens.is(i - 1, ".")) {
      return false;
    }
    return switch (image) {
      case "?" -> !isAttached(i);
      case "&&", "||" -> isBinary(i);
      case "for" -> !tokens.is(i + 1, "<");
      default -> true;
    };
  }

  /// Whether a token follows the one before it without a space, as in `int?`.
  private boolean isAttached(int i) {
    return tokens.line(i) == tokens.endLine(i - 1) && tokens.column(i) == tokens.endColumn(i - 1);
  }

  /// Whether the operator has two operands: `||` also opens a closure in Rust, `&&` is a reference.
  private boolean isBinary(int i) {
    boolean left = hasOperandBefore(i);
    boolean reference = isAttached(i) && i + 1 < tokens.size() && !isAttached(i + 1);
    return left && !(reference && tokens.is(i, "&&"));
  }

  private boolean hasOperandBefore(int i) {
    String before = tokens.image(i - 1);
    boolean keyword = Set.of("return", "move", "in", "match", "else").contains(before);
    return (tokens.isWord(i - 1) && !keyword)
        || tokens.isNumber(i - 1)
        || CLOSING.contains(before)
        || before.endsWith("\"")
        || before.endsWith("'")
        || before.endsWith("`")
        || before.equals("?")
        || before.equals("!!");
  }

  // Numbers.

  private boolean isExplained() {
    return scope.assigned && scope.constantWord && (!grammar.capitals() || scope.capitals);
  }

  private void number(int i) {
    boolean index = tokens.is(i - 1, ".");
    if (index || scope.explained || isExplained()) {
      return;
    }
    String before = tokens.image(i - 1);
    boolean signed = (before.equals("-") || before.equals("+")) && !hasOperandBefore(i - 1);
    boolean negative = signed && before.equals("-");
    if (!NumberValue.isPlain(tokens.image(i), negative)) {
      int first = signed ? i - 1 : i;
      String sign = signed ? before : "";
      findings.number(tokens.line(first), tokens.column(first), sign + tokens.image(i));
    }
  }

  /// What is between two brackets.
  private static final class Scope {
    final @Nullable Scope parent;
    final String path;

    /// Whether statements or members are in it, and not a part of an expression.
    final boolean braces;

    @Nullable OpenFunction function;
    boolean body;
    boolean arms;
    boolean explained;

    /// Whether the statement around goes on after it, although it is in braces.
    boolean inline;

    int start;
    boolean constantWord;
    boolean assigned;
    boolean capitals;

    Scope(@Nullable Scope parent, String path, boolean braces, int start) {
      this.parent = parent;
      this.path = path;
      this.braces = braces;
      this.start = start;
    }

    void next(int index) {
      start = index;
      constantWord = false;
      assigned = false;
      capitals = false;
    }
  }
}
