package dev.synapse.build.document;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How messages show what a file says.
public final class Words {
  private static final int LONGEST = 80;
  private static final Pattern BARE_KEY = Pattern.compile("[A-Za-z0-9_-]+");

  private Words() {}

  /// In quotes and on one line, shortened where it is long.
  public static String quoted(String text) {
    return "'" + oneLine(text) + "'";
  }

  private static String oneLine(String text) {
    String shown = text.codePointCount(0, text.length()) > LONGEST ? shortened(text) : text;
    StringBuilder line = new StringBuilder();
    shown
        .codePoints()
        .forEach(
            point -> {
              if (point == '\n') {
                line.append("\\n");
              } else if (Character.isISOControl(point)) {
                line.append("\\u%04x".formatted(point));
              } else {
                line.appendCodePoint(point);
              }
            });
    return line.toString();
  }

  private static String shortened(String text) {
    return text.substring(0, text.offsetByCodePoints(0, LONGEST)) + "…";
  }

  /// The key as a part of a path: as it is, or in quotes.
  static String keyPart(String key) {
    return BARE_KEY.matcher(key).matches() ? key : '"' + oneLine(key) + '"';
  }

  /// All of them in a row, each in quotes.
  public static String listed(Collection<String> words) {
    return words.stream().map(Words::quoted).collect(Collectors.joining(", "));
  }

  /// What to say after naming something unknown: the nearest known word, or all of them.
  public static String hint(String word, Collection<String> known) {
    Optional<String> near = nearest(word, known);
    if (near.isPresent()) {
      return "did you mean " + quoted(near.get()) + "?";
    }
    return known.isEmpty() ? "there is none" : "known: " + listed(known);
  }

  /// The known word that takes the fewest changes of a letter to reach, unless that is most of
  /// them; among equals the one that begins alike.
  public static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .filter(candidate -> distance(word, candidate) <= Math.max(1, candidate.length() / 2))
        .min(
            Comparator.<String>comparingInt(candidate -> distance(word, candidate))
                .thenComparingInt(candidate -> -sameBeginning(word, candidate)));
  }

  private static int sameBeginning(String one, String other) {
    int length = Math.min(one.length(), other.length());
    int differs = Arrays.mismatch(one.toCharArray(), other.toCharArray());
    return differs < 0 ? length : differs;
  }

  /// Levenshtein's distance: letters to put in, take out or change; product of both lengths.
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int column = 0; column <= to.length(); column++) {
      row[column] = column;
    }
    for (int line = 1; line <= from.length(); line++) {
      int diagonal = row[0];
      row[0] = line;
      for (int column = 1; column <= to.length(); column++) {
        int above = row[column];
        int change = from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1;
        row[column] = Math.min(Math.min(above, row[column - 1]) + 1, diagonal + change);
        diagonal = above;
      }
    }
    return row[to.length()];
  }
}
