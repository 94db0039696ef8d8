package dev.synapse.build.debian;

import static java.util.Objects.requireNonNull;

import java.util.regex.Pattern;

/// The version of a Debian package, ordered as dpkg orders them.
///
/// Natural order is not consistent with equals: `1.0` and `1.00` are equal in order.
///
/// @param text `[epoch:]upstream[-revision]`
/// @see <a href="https://www.debian.org/doc/debian-policy/ch-controlfields.html#version">Debian
///   Policy, 5.6.12</a>
public record DebianVersion(String text) implements Comparable<DebianVersion> {
  /// Added to what is neither letter nor digit: more than any letter.
  private static final int AFTER_LETTERS = 256;

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9}:)?[A-Za-z0-9.+~:-]+");

  /// Refuses what is no version.
  public DebianVersion {
    requireNonNull(text, "text");
    if (!isVersion(text)) {
      throw new IllegalArgumentException("'" + text + "' is not a Debian version");
    }
  }

  /// Whether `text` has the form of a version.
  public static boolean isVersion(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(DebianVersion other) {
    int epochs = Integer.compare(epoch(), other.epoch());
    if (epochs != 0) {
      return epochs;
    }
    int upstreams = comparePart(upstream(), other.upstream());
    return upstreams != 0 ? upstreams : comparePart(revision(), other.revision());
  }

  private int epoch() {
    int colon = text.indexOf(':');
    return colon > 0 && text.substring(0, colon).chars().allMatch(Character::isDigit)
        ? Integer.parseInt(text.substring(0, colon))
        : 0;
  }

  private String withoutEpoch() {
    int colon = text.indexOf(':');
    return colon < 0 ? text : text.substring(colon + 1);
  }

  private String upstream() {
    String rest = withoutEpoch();
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? rest : rest.substring(0, dash);
  }

  private String revision() {
    String rest = withoutEpoch();
    int dash = rest.lastIndexOf('-');
    return dash < 0 ? "" : rest.substring(dash + 1);
  }

  /// By turns a stretch without digits and one of digits, as the policy describes.
  private static int comparePart(String left, String right) {
    int i = 0;
    int j = 0;
    while (i < left.length() || j < right.length()) {
      int leftDigits = startOfDigits(left, i);
      int rightDigits = startOfDigits(right, j);
      int words = compareWords(left.substring(i, leftDigits), right.substring(j, rightDigits));
      if (words != 0) {
        return words;
      }
      i = endOfDigits(left, leftDigits);
      j = endOfDigits(right, rightDigits);
      int numbers = compareNumbers(left.substring(leftDigits, i), right.substring(rightDigits, j));
      if (numbers != 0) {
        return numbers;
      }
    }
    return 0;
  }

  private static int startOfDigits(String text, int from) {
    int start = from;
    while (start < text.length() && !isDigit(text.charAt(start))) {
      start++;
    }
    return start;
  }

  private static int endOfDigits(String text, int from) {
    int end = from;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int compareNumbers(String left, String right) {
    String plainLeft = left.replaceFirst("^0+", "");
    String plainRight = right.replaceFirst("^0+", "");
    int lengths = Integer.compare(plainLeft.length(), plainRight.length());
    return lengths != 0 ? lengths : Integer.signum(plainLeft.compareTo(plainRight));
  }

  private static int compareWords(String left, String right) {
    for (int at = 0; at < Math.max(left.length(), right.length()); at++) {
      int difference = Integer.compare(weight(left, at), weight(right, at));
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  /// `~` before the end, the end before letters, letters before all else.
  private static int weight(String word, int at) {
    if (at >= word.length()) {
      return 0;
    }
    char c = word.charAt(at);
    if (c == '~') {
      return -1;
    }
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter ? c : c + AFTER_LETTERS;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  @Override
  public String toString() {
    return text;
  }
}
