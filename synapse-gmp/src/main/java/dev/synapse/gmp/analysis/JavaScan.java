package dev.synapse.gmp.analysis;

import dev.synapse.gmp.analysis.JavaScope.Kind;
import java.util.Set;

/// Finds functions and numbers in Java. It reads the tokens once and keeps a stack of what the
/// brackets around hold, which the tokens before a bracket tell: no grammar, so that a file of a
/// newer Java is read as well. The rules are those of Checkstyle's checks CyclomaticComplexity and
/// MagicNumber; see `docs/metrics/` for their settings.
final class JavaScan {
  private static final Set<String> DECISIONS =
      Set.of("if", "while", "for", "case", "catch", "&&", "||");

  private static final Set<String> BLOCK_WORDS =
      Set.of("if", "for", "while", "catch", "synchronized", "try");

  private static final Set<String> PRIMITIVES =
      Set.of("byte", "short", "char", "int", "long", "float", "double");

  /// Words after which a minus sign is one of the number that follows.
  private static final Set<String> OPERAND_WORDS =
      Set.of("return", "case", "throw", "yield", "assert", "else", "do", "instanceof");

  private static final Set<String> TYPE_WORDS = Set.of("class", "interface", "enum");

  /// From the parenthesis of `(int) -` to the sign.
  private static final int CAST = 3;

  private final TokenStream tokens;
  private final Findings findings;
  private JavaScope scope = new JavaScope(Kind.TYPE, null, "", 0);

  private JavaScan(TokenStream tokens, Findings findings) {
    this.tokens = tokens;
    this.findings = findings;
  }

  static void scan(TokenStream tokens, Findings findings) {
    var scan = new JavaScan(tokens, findings);
    for (int i = 0; i < tokens.size(); i++) {
      scan.token(i);
    }
    if (scan.scope.parent != null) {
      findings.note("a bracket is not closed, what is in it may not be counted");
    }
  }

  private void token(int i) {
    String image = tokens.image(i);
    switch (image) {
      case "{" -> openBrace(i);
      case "(", "[" -> openParenthesis(i);
      case "}", ")", "]" -> close(i);
      case ";", ":", ",", "=", "->" -> separator(i, image);
      default -> word(i, image);
    }
    decide(i, image);
  }

  private void separator(int i, String image) {
    switch (image) {
      case ";" -> semicolon(i);
      case ":" -> colon(i);
      case "," -> scope.lambda = false;
      case "=" -> scope.assigned |= !scope.isExpression();
      default -> arrow(i);
    }
  }

  private void word(int i, String image) {
    if (tokens.isNumber(i)) {
      number(i);
    } else if (scope.canDeclare()) {
      switch (image) {
        case "final" -> scope.isFinal = true;
        case "default" -> label();
        case "case" -> scope.caseLabel = true;
        default -> typeWord(i, image);
      }
    }
  }

  private void label() {
    if (scope.kind == Kind.TYPE) {
      scope.elementDefault = scope.parameters >= 0;
    } else {
      scope.caseLabel = true;
    }
  }

  private void typeWord(int i, String image) {
    boolean named = tokens.isWord(i + 1) && !tokens.is(i - 1, ".");
    boolean declares = TYPE_WORDS.contains(image) || isRecord(i);
    if (named && declares && scope.typeWord.isEmpty()) {
      scope.typeWord = tokens.is(i - 1, "@") ? "@interface" : image;
      scope.typeName = tokens.image(i + 1);
    }
  }

  /// Whether a token begins a record: the word is also allowed as a name.
  private boolean isRecord(int i) {
    return tokens.is(i, "record") && (tokens.is(i + 2, "(") || tokens.is(i + 2, "<"));
  }

  private void semicolon(int i) {
    if (scope.isExpression()) {
      return;
    }
    scope.enumConstants = false;
    scope.next(i + 1);
  }

  private void arrow(int i) {
    if (scope.kind == Kind.SWITCH && scope.caseLabel) {
      scope.next(i + 1);
    } else {
      scope.lambda = true;
    }
  }

  private void colon(int i) {
    if (scope.caseLabel) {
      scope.next(i + 1);
    }
  }

  // Decisions.

  private void decide(int i, String image) {
    OpenFunction function = scope.function;
    if (function != null
        && (DECISIONS.contains(image)
            || (image.equals("?") && isTernary(i))
            || (image.equals("when") && isGuard(i)))) {
      function.complexity++;
    }
  }

  /// Whether a question mark is an operator and not a type argument.
  private boolean isTernary(int i) {
    boolean opens = tokens.is(i - 1, "<") || tokens.is(i - 1, ",");
    String next = tokens.image(i + 1);
    boolean closes = next.equals(">") || next.equals(",") || next.equals("extends");
    boolean bounded = next.equals("super") && !tokens.is(i + 2, ".") && !tokens.is(i + 2, "::");
    return !opens && !closes && !bounded;
  }

  /// Whether `when` begins the guard of a `case`: it is also allowed as a name.
  private boolean isGuard(int i) {
    boolean afterPattern =
        tokens.is(i - 1, ")") || (tokens.isWord(i - 1) && !tokens.is(i - 1, "case"));
    boolean isName = tokens.is(i + 1, "->") || tokens.is(i + 1, ":");
    return scope.caseLabel && !scope.isExpression() && afterPattern && !isName;
  }

  // Brackets.

  private void openParenthesis(int i) {
    boolean annotation = isAnnotation(i);
    if (tokens.is(i, "(") && !annotation && awaitsParameters()) {
      scope.parameters = i;
    }
    boolean isFor = tokens.is(i, "(") && tokens.is(i - 1, "for");
    var inner = new JavaScope(isFor ? Kind.FOR : Kind.EXPRESSION, scope, scope.path, i + 1);
    inner.annotation |= annotation;
    inner.constant = scope.explains();
    inner.inExpression = true;
    scope = inner;
  }

  /// Whether the next parenthesis holds the parameters of a method or a record.
  private boolean awaitsParameters() {
    boolean declares = scope.kind == Kind.TYPE && scope.canDeclare();
    return declares && scope.parameters < 0 && !scope.enumConstants;
  }

  /// Whether a parenthesis holds the elements of an annotation: `@ a . b (`.
  private boolean isAnnotation(int i) {
    int at = i - 1;
    while (tokens.isWord(at) && tokens.is(at - 1, ".")) {
      at -= 2;
    }
    return tokens.isWord(at) && tokens.is(at - 1, "@");
  }

  private void openBrace(int i) {
    if (scope.isExpression() || scope.assigned || scope.kind == Kind.FOR) {
      openInExpression(i);
    } else if (!scope.typeWord.isEmpty()) {
      openType(i, scope.path + scope.typeName, false);
    } else if (scope.kind == Kind.TYPE) {
      openMember(i);
    } else {
      openStatement(i);
    }
  }

  private void openMember(int i) {
    if (scope.enumConstants) {
      openType(i, scope.path + enumConstant(i), true);
    } else if (scope.elementDefault && tokens.is(i - 1, "default")) {
      openInExpression(i);
    } else if (scope.parent == null && scope.parameters < 0) {
      openType(i, tokens.image(i - 1), false); // module-info.java
    } else {
      openFunction(i);
    }
  }

  /// The name of the enum's constant whose body begins.
  private String enumConstant(int i) {
    int name = tokens.is(i - 1, ")") ? matching(i - 1) - 1 : i - 1;
    return tokens.image(name);
  }

  private void openFunction(int i) {
    String name = functionName(i);
    boolean isMethod = scope.parameters >= 0;
    boolean hashCode = name.equals("hashCode") && isMethod && tokens.is(scope.parameters + 1, ")");
    int first = scope.start < i ? scope.start : i;
    var function = new OpenFunction(scope.path + name, tokens.line(first));
    var inner = new JavaScope(Kind.BLOCK, scope, function.name + ".", i + 1);
    inner.function = function;
    inner.body = function;
    inner.annotation = false;
    if (isMethod) {
      inner.hashCode = hashCode;
    }
    scope = inner;
  }

  private String functionName(int i) {
    if (scope.parameters >= 0) {
      return tokens.image(scope.parameters - 1);
    }
    if (scope.start >= i) {
      return "<instance>";
    }
    String last = tokens.image(i - 1);
    return last.equals("static") ? "<static>" : last;
  }

  private void openStatement(int i) {
    String before = tokens.image(i - 1);
    if (before.equals("->") || before.equals("]") || before.equals(",")) {
      openInExpression(i);
    } else if (before.equals(")")) {
      afterParenthesis(i);
    } else {
      open(Kind.BLOCK, i, false);
    }
  }

  private void afterParenthesis(int i) {
    String word = tokens.image(matching(i - 1) - 1);
    if (word.equals("switch")) {
      boolean statement = scope.start < i && tokens.is(scope.start, "switch");
      open(Kind.SWITCH, i, !statement);
    } else if (BLOCK_WORDS.contains(word)) {
      open(Kind.BLOCK, i, false);
    } else {
      openInExpression(i);
    }
  }

  /// An array, a lambda's body, a `switch` or an anonymous class.
  private void openInExpression(int i) {
    if (tokens.is(i - 1, "->")) {
      open(Kind.BLOCK, i, true);
    } else if (tokens.is(i - 1, ")")) {
      int before = matching(i - 1) - 1;
      if (tokens.is(before, "switch")) {
        open(Kind.SWITCH, i, true);
      } else {
        openType(i, scope.path + "<" + createdType(before) + ">", true);
      }
    } else {
      boolean constant = scope.explains();
      open(Kind.EXPRESSION, i, true);
      scope.constant = constant;
    }
  }

  /// The name before the parentheses of `new a.B<C>(`.
  private String createdType(int last) {
    int at = last;
    int depth = 0;
    while (at > 0 && (depth > 0 || tokens.is(at, ">"))) {
      depth += tokens.is(at, ">") ? 1 : 0;
      depth -= tokens.is(at, "<") ? 1 : 0;
      at--;
    }
    return tokens.image(at);
  }

  private void openType(int i, String name, boolean inExpression) {
    String word = inExpression ? "" : scope.typeWord;
    open(Kind.TYPE, i, inExpression, name + ".");
    scope.isInterface = word.endsWith("interface");
    scope.enumConstants = word.equals("enum");
  }

  private void open(Kind kind, int i, boolean inExpression) {
    open(kind, i, inExpression, scope.path);
  }

  private void open(Kind kind, int i, boolean inExpression, String path) {
    var inner = new JavaScope(kind, scope, path, i + 1);
    inner.inExpression = inExpression;
    if (kind == Kind.TYPE) {
      inner.annotation = false;
    }
    scope = inner;
  }

  private void close(int i) {
    JavaScope closed = scope;
    if (closed.parent == null) {
      findings.note("line %d closes a bracket that is not open".formatted(tokens.line(i)));
      return;
    }
    OpenFunction body = closed.body;
    if (body != null) {
      findings.function(body.name, body.firstLine, tokens.endLine(i), body.complexity);
    }
    scope = closed.parent;
    if (!closed.inExpression) {
      scope.next(i + 1);
    }
  }

  /// The opening parenthesis of a closing one.
  private int matching(int closing) {
    int depth = 0;
    for (int i = closing; i >= 0; i--) {
      depth += tokens.is(i, ")") ? 1 : 0;
      depth -= tokens.is(i, "(") ? 1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return 0;
  }

  // Numbers.

  private void number(int i) {
    if (scope.annotation || scope.hashCode || scope.explains()) {
      return;
    }
    String literal = tokens.image(i);
    boolean signed = isSign(i - 1);
    boolean negative = signed && tokens.is(i - 1, "-");
    if (!NumberValue.isPlainJava(literal, negative)) {
      int first = signed ? i - 1 : i;
      String sign = signed ? tokens.image(first) : "";
      findings.number(tokens.line(first), tokens.column(first), sign + literal);
    }
  }

  /// Whether a plus or minus has no left operand.
  private boolean isSign(int i) {
    if (!tokens.is(i, "-") && !tokens.is(i, "+")) {
      return false;
    }
    String before = tokens.image(i - 1);
    if (before.equals(")")) {
      int open = matching(i - 1);
      return open == i - CAST && PRIMITIVES.contains(tokens.image(open + 1));
    }
    return !tokens.endsOperand(i - 1, OPERAND_WORDS);
  }
}
