package dev.synapse.gmp.analysis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Finds functions and numbers in Python: cuts the tokens into logical lines, and tells from their
/// indentation what stands in what.
final class PythonScan {
  private static final Set<String> DECISIONS =
      Set.of("if", "elif", "for", "while", "except", "and", "or");

  private static final Set<String> HEADERS =
      Set.of("if", "elif", "else", "for", "while", "try", "except", "finally", "with", "async");

  private static final Set<String> ENUMS =
      Set.of("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum");

  private static final Pattern CONSTANT = Pattern.compile("_*[A-Z][A-Z0-9_]*");

  /// Words after which a minus sign is one of the number that follows.
  private static final Set<String> OPERAND_WORDS =
      Set.of(
          "return", "yield", "and", "or", "not", "in", "is", "if", "else", "elif", "while", "for",
          "lambda", "assert", "del", "raise", "case", "await", "print", "from", "with", "except");

  private static final int TAB = 8;

  private final TokenStream tokens;
  private final List<String> text;
  private final Findings findings;
  private final Deque<Block> blocks = new ArrayDeque<>();
  private int decorators = -1;
  private int lineStart;

  private PythonScan(TokenStream tokens, List<String> text, Findings findings) {
    this.tokens = tokens;
    this.text = text;
    this.findings = findings;
  }

  static void scan(TokenStream tokens, List<String> text, Findings findings) {
    var scan = new PythonScan(PythonTokens.joined(tokens), text, findings);
    int from = 0;
    while (from < scan.tokens.size()) {
      int to = scan.endOfLine(from);
      scan.line(from, to);
      from = to;
    }
    scan.closeBlocks(0);
  }

  // Lines and blocks.

  /// After the last token of the logical line that begins here.
  private int endOfLine(int from) {
    int depth = 0;
    for (int i = from; i < tokens.size(); i++) {
      if (i > from && depth == 0 && !continues(i)) {
        return i;
      }
      depth = Math.max(0, depth + bracketStep(i));
    }
    return tokens.size();
  }

  /// How much deeper in brackets one is after a token than before it.
  private int bracketStep(int i) {
    return switch (tokens.image(i)) {
      case "(", "[", "{" -> 1;
      case ")", "]", "}" -> -1;
      default -> 0;
    };
  }

  /// Whether a token is on the line of the one before it, or that line ends with a backslash.
  private boolean continues(int i) {
    int before = tokens.endLine(i - 1);
    String line = text.get(before - 1);
    int end = Math.min(tokens.endColumn(i - 1) - 1, line.length());
    return tokens.line(i) == before || line.substring(end).strip().equals("\\");
  }

  private void line(int from, int to) {
    lineStart = from;
    closeBlocks(indentation(from));
    String first = tokens.image(from);
    int word = first.equals("async") ? from + 1 : from;
    switch (tokens.image(word)) {
      case "@" -> decorator(from, to);
      case "def" -> function(from, word, to);
      case "class" -> type(from, to);
      default -> statements(from, to);
    }
    for (Block block : blocks) {
      block.lastLine = tokens.endLine(to - 1);
    }
  }

  private int indentation(int token) {
    String line = text.get(tokens.line(token) - 1);
    int column = 0;
    for (int i = 0; i < line.length() && i < tokens.column(token) - 1; i++) {
      column = line.charAt(i) == '\t' ? (column / TAB + 1) * TAB : column + 1;
    }
    return column;
  }

  private void closeBlocks(int indentation) {
    while (!blocks.isEmpty() && blocks.element().indentation >= indentation) {
      Block block = blocks.remove();
      if (block.kind == Kind.FUNCTION) {
        findings.function(block.name, block.firstLine, block.lastLine, block.complexity);
      }
    }
  }

  private void decorator(int from, int to) {
    decorators = decorators < 0 ? from : decorators;
    count(from, to);
  }

  private void function(int from, int def, int to) {
    int colon = colon(def, to);
    count(from, colon);
    numbers(from, colon, false);
    Block block = open(Kind.FUNCTION, from, tokens.image(def + 1));
    block.isHash = tokens.is(def + 1, "__hash__");
    statements(colon + 1, to);
  }

  private void type(int from, int to) {
    int colon = colon(from, to);
    count(from, colon);
    numbers(from, colon, false);
    Block block = open(Kind.CLASS, from, tokens.image(from + 1));
    block.isEnum = isEnum(from, colon);
    statements(colon + 1, to);
  }

  /// Whether one of the bases is an enum's.
  private boolean isEnum(int from, int to) {
    for (int i = from + 2; i < to; i++) {
      boolean last = tokens.is(i + 1, ",") || tokens.is(i + 1, ")");
      if (last && ENUMS.contains(tokens.image(i)) && !tokens.is(i - 1, "=")) {
        return true;
      }
    }
    return false;
  }

  private Block open(Kind kind, int from, String name) {
    int first = decorators < 0 ? from : decorators;
    decorators = -1;
    String path = blocks.isEmpty() ? "" : blocks.element().name;
    String whole = path.isEmpty() ? name : path + "." + name;
    var block = new Block(kind, whole, indentation(from), tokens.line(first));
    blocks.push(block);
    return block;
  }

  /// The first colon outside of brackets; the end when there is none.
  private int colon(int from, int to) {
    int depth = 0;
    int lambdas = 0;
    for (int i = from; i < to; i++) {
      depth += bracketStep(i);
      lambdas += depth == 0 && tokens.is(i, "lambda") ? 1 : 0;
      if (depth == 0 && tokens.is(i, ":") && lambdas-- == 0) {
        return i;
      }
    }
    return to;
  }

  // Statements.

  private void statements(int from, int to) {
    if (isCase(from, to)) {
      decide();
    }
    count(from, to);
    if (isMatch(from, to)) {
      numbers(from, to, false);
      Block block = open(Kind.MATCH, from, "");
      block.name = path();
    } else {
      simpleStatements(from, to);
    }
  }

  /// Statements of one line, and the headers of compound ones before them.
  private void simpleStatements(int from, int to) {
    int start = from;
    int depth = 0;
    for (int i = from; i < to; i++) {
      depth += bracketStep(i);
      if (depth == 0 && (tokens.is(i, ";") || isHeaderEnd(start, i, to))) {
        numbers(start, i, isConstant(start, i));
        start = i + 1;
      }
    }
    numbers(start, to, isConstant(start, to));
  }

  /// Whether a colon ends the header of a compound statement.
  private boolean isHeaderEnd(int start, int i, int to) {
    return tokens.is(i, ":") && HEADERS.contains(tokens.image(start)) && colon(start, to) == i;
  }

  private boolean isMatch(int from, int to) {
    return tokens.is(from, "match") && to - from > 2 && tokens.is(to - 1, ":");
  }

  /// Whether this is a `case` that does not always apply.
  private boolean isCase(int from, int to) {
    boolean inMatch = !blocks.isEmpty() && blocks.element().kind == Kind.MATCH;
    boolean isDefault = tokens.is(from + 1, "_") && tokens.is(from + 2, ":");
    return inMatch && tokens.is(from, "case") && colon(from, to) < to && !isDefault;
  }

  private String path() {
    Block around = blocks.stream().skip(1).findFirst().orElse(null);
    return around == null ? "" : around.name;
  }

  private void count(int from, int to) {
    for (int i = from; i < to; i++) {
      if (DECISIONS.contains(tokens.image(i))) {
        decide();
      }
    }
  }

  private void decide() {
    for (Block block : blocks) {
      if (block.kind == Kind.FUNCTION) {
        block.complexity++;
        return;
      }
    }
  }

  // Numbers.

  /// Whether a simple statement gives constants their values: all its targets are names in
  /// capitals, or it declares one as `Final`, or it stands in an enum.
  private boolean isConstant(int from, int to) {
    int assignment = lastAssignment(from, to);
    if (assignment < 0) {
      return false;
    }
    int annotation = colon(from, assignment);
    if (annotation < assignment) {
      return isFinal(annotation + 1) || (annotation == from + 1 && isConstantName(from));
    }
    return areNames(from, assignment) && allConstants(from, assignment);
  }

  /// The last `=` outside of brackets; negative when there is none.
  private int lastAssignment(int from, int to) {
    int depth = 0;
    for (int i = to - 1; i >= from; i--) {
      depth -= bracketStep(i);
      if (depth == 0 && tokens.is(i, "=") && !inLambda(from, i)) {
        return i;
      }
    }
    return -1;
  }

  private boolean inLambda(int from, int to) {
    for (int i = from; i < to; i++) {
      if (tokens.is(i, "lambda")) {
        return true;
      }
    }
    return false;
  }

  private boolean isFinal(int annotation) {
    int last = annotation;
    while (tokens.is(last + 1, ".")) {
      last += 2;
    }
    return tokens.is(last, "Final");
  }

  private boolean inEnum() {
    return !blocks.isEmpty() && blocks.element().isEnum;
  }

  private boolean areNames(int from, int to) {
    for (int i = from; i < to; i++) {
      String image = tokens.image(i);
      if (!tokens.isWord(i) && !",()[]=".contains(image)) {
        return false;
      }
    }
    return true;
  }

  private boolean allConstants(int from, int to) {
    for (int i = from; i < to; i++) {
      if (tokens.isWord(i) && !isConstantName(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether what has that name is a constant: one in capitals, or of an enum.
  private boolean isConstantName(int i) {
    return inEnum() || CONSTANT.matcher(tokens.image(i)).matches();
  }

  private void numbers(int from, int to, boolean constant) {
    if (constant || inHash()) {
      return;
    }
    for (int i = from; i < to; i++) {
      if (tokens.isNumber(i)) {
        number(i);
      }
    }
  }

  private boolean inHash() {
    for (Block block : blocks) {
      if (block.kind == Kind.FUNCTION) {
        return block.isHash;
      }
    }
    return false;
  }

  private void number(int i) {
    boolean signed = isSign(i - 1);
    boolean negative = signed && tokens.is(i - 1, "-");
    if (!NumberValue.isPlain(tokens.image(i), negative)) {
      int first = signed ? i - 1 : i;
      String sign = signed ? tokens.image(first) : "";
      findings.number(tokens.line(first), tokens.column(first), sign + tokens.image(i));
    }
  }

  private boolean isSign(int i) {
    if (!tokens.is(i, "-") && !tokens.is(i, "+")) {
      return false;
    }
    return i == lineStart || !tokens.endsOperand(i - 1, OPERAND_WORDS);
  }

  private enum Kind {
    FUNCTION,
    CLASS,
    MATCH
  }

  private static final class Block {
    final Kind kind;
    final int indentation;
    final int firstLine;
    String name;
    int lastLine;
    int complexity = 1;
    boolean isHash;
    boolean isEnum;

    Block(Kind kind, String name, int indentation, int firstLine) {
      this.kind = kind;
      this.name = name;
      this.indentation = indentation;
      this.firstLine = firstLine;
      this.lastLine = firstLine;
    }
  }
}
