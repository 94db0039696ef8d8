package dev.synapse.gmp.sign;

import java.util.List;
import java.util.regex.Pattern;

/// Lists of patterns as ssh_config(5) has them: `*` and `?`, and `!` before what must not match.
final class Patterns {
  private Patterns() {}

  static boolean match(List<String> patterns, String text) {
    boolean found = false;
    for (String pattern : patterns) {
      boolean negated = pattern.startsWith("!");
      if (matches(negated ? pattern.substring(1) : pattern, text)) {
        if (negated) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }

  private static boolean matches(String pattern, String text) {
    StringBuilder expression = new StringBuilder();
    pattern
        .chars()
        .mapToObj(c -> String.valueOf((char) c))
        .forEach(
            c ->
                expression.append(
                    switch (c) {
                      case "*" -> ".*";
                      case "?" -> ".";
                      default -> Pattern.quote(c);
                    }));
    return text.matches(expression.toString());
  }
}
