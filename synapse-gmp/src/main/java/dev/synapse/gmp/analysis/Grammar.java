package dev.synapse.gmp.analysis;

import java.util.Set;

/// What has to be known of a language with braces to find its functions, decisions and constants.
///
/// @param decisions words and operators that each add one way through a function
/// @param arms whether the arms of its `match`, `when` or `switch` expression do so as well
/// @param constants words that make a declaration one of a constant
/// @param capitals whether the name must be in capitals as well
/// @param lines whether a statement ends with its line
record Grammar(
    Set<String> decisions, boolean arms, Set<String> constants, boolean capitals, boolean lines) {
  private static final Grammar GO =
      new Grammar(Set.of("if", "for", "case", "&&", "||"), false, Set.of("const"), false, true);

  private static final Grammar RUST =
      new Grammar(
          Set.of("if", "while", "for", "&&", "||"), true, Set.of("const", "static"), false, false);

  private static final Grammar KOTLIN =
      new Grammar(
          Set.of("if", "for", "while", "catch", "&&", "||", "?:"), true, Set.of("val"), true, true);

  private static final Grammar CSHARP =
      new Grammar(
          Set.of("if", "for", "foreach", "while", "case", "catch", "&&", "||", "?", "??"),
          true,
          Set.of("const", "readonly"),
          false,
          false);

  private static final Grammar TYPESCRIPT =
      new Grammar(
          Set.of("if", "for", "while", "case", "catch", "&&", "||", "?", "??"),
          false,
          Set.of("const", "readonly"),
          true,
          true);

  private static final Grammar CPP =
      new Grammar(
          Set.of("if", "for", "while", "case", "catch", "&&", "||", "?", "and", "or"),
          false,
          Set.of("const", "constexpr", "constinit"),
          false,
          false);

  /// What is known of a language.
  ///
  /// @throws IllegalArgumentException for Java and Python, which have their own
  static Grammar of(Language language) {
    return switch (language) {
      case GO -> GO;
      case RUST -> RUST;
      case KOTLIN -> KOTLIN;
      case CSHARP -> CSHARP;
      case JAVASCRIPT, TYPESCRIPT -> TYPESCRIPT;
      case CPP -> CPP;
      case JAVA, PYTHON -> throw new IllegalArgumentException(language.title());
    };
  }
}
