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
      while ((i < left.length() && !isDigit(left.charAt(i)))
          || (j < right.length() && !isDigit(right.charAt(j)))) {
        int difference = Integer.compare(weight(left, i), weight(right, j));
        if (difference != 0) {
          return difference;
        }
        i++;
        j++;
      }
      int leftEnd = endOfDigits(left, i);
      int rightEnd = endOfDigits(right, j);
      int numbers =
          compareNumbers(
              left.substring(Math.min(i, leftEnd), leftEnd),
              right.substring(Math.min(j, rightEnd), rightEnd));
      if (numbers != 0) {
        return numbers;
      }
      i = leftEnd;
      j = rightEnd;
    }
    return 0;
  }

  private static int endOfDigits(String text, int from) {
    int end = Math.min(from, text.length());
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

  /// `~` before the end, the end and digits before letters, letters before all else.
  private static int weight(String text, int at) {
    if (at >= text.length() || isDigit(text.charAt(at))) {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '~') {
      return -1;
    }
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter ? c : c + 256;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  @Override
  public String toString() {
    return text;
  }
}
