package dev.synapse.gmp.analysis;

import java.util.Optional;
import java.util.Set;

/// What stands before an opening brace, and so what the brace holds.
///
/// @param from the first token of the statement
/// @param to the brace
record BraceHeader(Language language, TokenStream tokens, int from, int to) {
  private static final Set<String> NO_FUNCTIONS =
      Set.of(
          "if",
          "for",
          "foreach",
          "while",
          "switch",
          "catch",
          "with",
          "lock",
          "using",
          "fixed",
          "when",
          "match",
          "checked",
          "unchecked",
          "synchronized");

  private static final Set<String> TYPES =
      Set.of(
          "class",
          "struct",
          "interface",
          "trait",
          "enum",
          "union",
          "record",
          "object",
          "namespace",
          "module",
          "mod",
          "impl");

  private static final Set<String> ACCESSORS =
      Set.of("get", "set", "init", "add", "remove", "constructor", "static");

  /// The name of the function whose body begins; empty when none does.
  Optional<String> function() {
    return switch (language) {
      case GO -> afterWord("func", false);
      case RUST -> afterWord("fn", false);
      case KOTLIN -> afterWord("fun", true).or(this::accessor);
      case JAVASCRIPT, TYPESCRIPT -> script();
      case CSHARP -> member().or(this::accessor);
      default -> member();
    };
  }

  /// The name of the type, module or namespace that begins; empty when none does.
  Optional<String> type() {
    int word = lastAtTop(TYPES);
    if (word < 0) {
      return Optional.empty();
    }
    if (tokens.is(word, "impl")) {
      int target = lastAtTop(Set.of("for"));
      return Optional.of(tokens.image(skipTypeParameters(Math.max(target, word) + 1)));
    }
    return Optional.of(tokens.isWord(word + 1) ? tokens.image(word + 1) : tokens.image(word));
  }

  /// Whether an enum begins, whose values are constants.
  boolean isEnum() {
    return lastAtTop(Set.of("enum")) >= 0;
  }

  private Optional<String> afterWord(String keyword, boolean beforeParenthesis) {
    int word = lastAtTop(Set.of(keyword));
    boolean type = tokens.is(to - 1, "interface") || tokens.is(to - 1, "struct");
    if (word < 0 || type || lastAtTop(TYPES) > word) {
      return Optional.empty();
    }
    int name = word + 1;
    if (beforeParenthesis) {
      name = next("(", name) - 1;
    } else if (tokens.is(name, "(")) {
      int receiver = closing(name);
      return Optional.of(receiverName(receiver));
    }
    return Optional.of(tokens.isWord(name) ? tokens.image(name) : "<anonymous>");
  }

  /// `func (r *Type) name(`: the type and the name; what has no name is anonymous.
  private String receiverName(int receiver) {
    boolean method = tokens.isWord(receiver + 1) && tokens.is(receiver + 2, "(");
    boolean generic = tokens.isWord(receiver + 1) && tokens.is(receiver + 2, "[");
    if (!method && !generic) {
      return "<anonymous>";
    }
    int type = receiver - 1;
    while (!tokens.isWord(type)) {
      type--;
    }
    return tokens.image(type) + "." + tokens.image(receiver + 1);
  }

  /// `name(...) ... {` of C# and C++.
  private Optional<String> member() {
    int open = firstParenthesis();
    boolean assigned = open < 0 || next("=", from) < open;
    if (assigned || NO_FUNCTIONS.contains(tokens.image(open - 1))) {
      return Optional.empty();
    }
    int name = beforeTypeParameters(open - 1);
    boolean operator = tokens.is(name - 1, "operator");
    return tokens.isWord(name) || operator ? Optional.of(qualified(name)) : Optional.empty();
  }

  private int beforeTypeParameters(int last) {
    int depth = 0;
    int i = last;
    do {
      depth -= angleStep(i);
      i -= depth > 0 || tokens.is(i, "<") ? 1 : 0;
    } while (i > from && (depth > 0 || tokens.is(i, ">")));
    return i;
  }

  private String qualified(int name) {
    String image = tokens.is(name - 1, "~") ? "~" + tokens.image(name) : tokens.image(name);
    int scope = tokens.is(name - 1, "~") ? name - 2 : name - 1;
    return tokens.is(scope, "::") && tokens.isWord(scope - 1)
        ? tokens.image(scope - 1) + "." + image
        : image;
  }

  private Optional<String> accessor() {
    int last = to - 1;
    if (tokens.is(last, ")")) {
      last = opening(last) - 1;
    }
    boolean found = last >= from && ACCESSORS.contains(tokens.image(last));
    return found ? Optional.of(tokens.image(last)) : Optional.empty();
  }

  /// `function name(...) {`, `name(...) {`, `(...) => {`.
  private Optional<String> script() {
    if (tokens.is(to - 1, "=>")) {
      return Optional.of(assignedName());
    }
    int close = tokens.is(to - 1, ")") ? to - 1 : typedParameters();
    if (close < 0) {
      return Optional.empty();
    }
    int name = opening(close) - 1;
    if (tokens.is(name, "function") || tokens.is(name, "*")) {
      return Optional.of(assignedName());
    }
    boolean named = tokens.isWord(name) && !NO_FUNCTIONS.contains(tokens.image(name));
    return named ? Optional.of(tokens.image(name)) : Optional.empty();
  }

  /// The parenthesis after which `: Type {` stands; negative when there is none.
  private int typedParameters() {
    for (int i = to - 1; i > from; i--) {
      if (tokens.is(i, ":") && tokens.is(i - 1, ")")) {
        return i - 1;
      }
    }
    return -1;
  }

  private String assignedName() {
    for (int i = from + 1; i < to; i++) {
      boolean assigns = tokens.is(i, "=") || tokens.is(i, ":");
      if (assigns && tokens.isWord(i - 1)) {
        return tokens.image(i - 1);
      }
    }
    return "<anonymous>";
  }

  private int firstParenthesis() {
    int i = from;
    while (i < to && !tokens.is(i, "(")) {
      i = tokens.is(i, "[") ? closing(i) + 1 : i + 1;
    }
    return i < to ? i : -1;
  }

  private int next(String image, int start) {
    int i = start;
    while (i < to && !tokens.is(i, image)) {
      i++;
    }
    return i;
  }

  /// The last of these words that is in no brackets; negative when there is none.
  private int lastAtTop(Set<String> words) {
    int depth = 0;
    for (int i = to - 1; i >= from; i--) {
      depth -= bracketStep(i);
      if (depth == 0 && words.contains(tokens.image(i)) && !tokens.is(i - 1, ".")) {
        return i;
      }
    }
    return -1;
  }

  private int skipTypeParameters(int start) {
    int i = start;
    int depth = 0;
    do {
      depth += angleStep(i);
      i += depth > 0 || tokens.is(i, ">") || tokens.is(i, "&") ? 1 : 0;
    } while (i < to && (depth > 0 || tokens.is(i, "&")));
    return i;
  }

  private int closing(int open) {
    int depth = 0;
    for (int i = open; i < to; i++) {
      depth += bracketStep(i);
      if (depth == 0) {
        return i;
      }
    }
    return to - 1;
  }

  private int opening(int close) {
    int depth = 0;
    for (int i = close; i >= from; i--) {
      depth -= bracketStep(i);
      if (depth == 0) {
        return i;
      }
    }
    return from;
  }

  /// How much deeper in brackets one is after a token than before it.
  private int bracketStep(int i) {
    return switch (tokens.image(i)) {
      case "(", "[" -> 1;
      case ")", "]" -> -1;
      default -> 0;
    };
  }

  /// The same of the brackets around type parameters.
  private int angleStep(int i) {
    return switch (tokens.image(i)) {
      case "<" -> 1;
      case ">" -> -1;
      default -> 0;
    };
  }
}
