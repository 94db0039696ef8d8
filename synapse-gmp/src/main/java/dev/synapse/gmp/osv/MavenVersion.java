package dev.synapse.gmp.osv;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// A version in Maven's order, in which `1.0-alpha-1 < 1.0-SNAPSHOT < 1.0 = 1 < 1.0-sp < 1.0-1 <
/// 1.1`.
///
/// @see <a href="https://maven.apache.org/pom.html#version-order-specification">Version Order
///   Specification</a>
final class MavenVersion implements Comparable<MavenVersion> {
  private static final List<String> QUALIFIERS =
      List.of("alpha", "beta", "milestone", "rc", "snapshot", "", "sp");
  private static final String SEPARATORS = ".-_";
  private static final int RELEASE = QUALIFIERS.indexOf("");
  private static final Set<String> RELEASES = Set.of("final", "ga", "release");
  private static final Map<String, String> SHORT =
      Map.of("a", "alpha", "b", "beta", "m", "milestone");

  /// A number or a word, and what stands before it.
  ///
  /// @param dotted whether that is a dot, and not a hyphen or a change between digits and letters
  private record Token(boolean dotted, String text) {
    boolean numeric() {
      return !text.isEmpty() && Character.isDigit(text.charAt(0));
    }

    BigInteger number() {
      return new BigInteger(text);
    }

    boolean nothing() {
      return numeric() ? number().signum() == 0 : text.isEmpty();
    }

    int rank() {
      int known = QUALIFIERS.indexOf(text);
      return known < 0 ? QUALIFIERS.size() : known;
    }

    /// Words, then numbers after a hyphen, then numbers after a dot.
    private int kind() {
      if (!numeric()) {
        return 0;
      }
      return dotted ? 2 : 1;
    }

    int compare(Token other) {
      if (kind() != other.kind()) {
        return Integer.compare(kind(), other.kind());
      }
      if (numeric()) {
        return number().compareTo(other.number());
      }
      int ranks = Integer.compare(rank(), other.rank());
      return ranks != 0 || rank() < QUALIFIERS.size() ? ranks : text.compareTo(other.text);
    }

    /// Against nothing at all: after `1`, `-rc` comes before and `-1` after.
    int compareWithNothing() {
      return numeric() ? number().signum() : Integer.compare(rank(), RELEASE);
    }
  }

  private final String text;
  private final List<Token> tokens;

  private MavenVersion(String text, List<Token> tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  /// Reads any text: Maven knows no malformed version.
  static MavenVersion of(String text) {
    return new MavenVersion(text, trimmed(tokens(text.toLowerCase(Locale.ROOT))));
  }

  private static List<Token> tokens(String text) {
    List<Token> tokens = new ArrayList<>();
    int from = 0;
    boolean dotted = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean separator = SEPARATORS.indexOf(c) >= 0;
      boolean change = i > from && !separator && digit(c) != digit(text.charAt(i - 1));
      if (separator || change) {
        tokens.add(token(dotted, text.substring(from, i), change && digit(c)));
        dotted = c == '.';
        from = separator ? i + 1 : i;
      }
    }
    tokens.add(token(dotted, text.substring(from), false));
    return tokens;
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static Token token(boolean dotted, String text, boolean beforeDigit) {
    String whole = beforeDigit ? SHORT.getOrDefault(text, text) : text;
    if (whole.isEmpty()) {
      return new Token(dotted, "0");
    }
    if (RELEASES.contains(whole)) {
      return new Token(dotted, "");
    }
    return new Token(dotted, whole.equals("cr") ? "rc" : whole);
  }

  /// Without what means nothing at the end, before each hyphen and before each word.
  private static List<Token> trimmed(List<Token> tokens) {
    List<Token> kept = new ArrayList<>(tokens);
    for (int i = kept.size() - 1; i >= 0; i--) {
      boolean last = i == kept.size() - 1;
      if (kept.get(i).nothing()
          && (last || !kept.get(i + 1).dotted() || !kept.get(i + 1).numeric())) {
        kept.remove(i);
      }
    }
    return kept;
  }

  @Override
  public int compareTo(MavenVersion other) {
    int count = Math.max(tokens.size(), other.tokens.size());
    for (int i = 0; i < count; i++) {
      int compared = compareAt(i, other);
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  private int compareAt(int i, MavenVersion other) {
    if (i >= tokens.size()) {
      return -other.tokens.get(i).compareWithNothing();
    }
    return i >= other.tokens.size()
        ? tokens.get(i).compareWithNothing()
        : tokens.get(i).compare(other.tokens.get(i));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MavenVersion version && compareTo(version) == 0;
  }

  @Override
  public int hashCode() {
    return tokens.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
