package dev.synapse.gmp.sign;

import java.util.Base64;
import java.util.List;

/// Bytes as text between a `BEGIN` and an `END` line (RFC 7468).
///
/// @param label what the lines say, such as `SSH SIGNATURE`
/// @param width how many characters a line has
record Armour(String label, int width) {
  static final Armour SSH_SIGNATURE = new Armour("SSH SIGNATURE", 70);
  static final Armour SSH_PRIVATE_KEY = new Armour("OPENSSH PRIVATE KEY", 70);
  static final Armour PUBLIC_KEY = new Armour("PUBLIC KEY", 64);

  /// No key and no signature of the kinds used here is near as long.
  private static final int LONGEST = 16_384;

  private String first() {
    return "-----BEGIN " + label + "-----";
  }

  private String last() {
    return "-----END " + label + "-----";
  }

  boolean begins(String text) {
    return text.startsWith(first());
  }

  String write(byte[] bytes) {
    String base64 = Base64.getEncoder().encodeToString(bytes);
    StringBuilder text = new StringBuilder(first()).append('\n');
    for (int from = 0; from < base64.length(); from += width) {
      text.append(base64, from, Math.min(from + width, base64.length())).append('\n');
    }
    return text.append(last()).append('\n').toString();
  }

  /// Blank lines and blanks around lines do not count.
  byte[] read(String what, String text) throws SignException {
    if (text.length() > LONGEST) {
      throw SignException.malformed(what, "it is too long");
    }
    List<String> lines = text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (lines.size() < 2 || !lines.getFirst().equals(first())) {
      throw SignException.malformed(what, "it does not begin with '%s'".formatted(first()));
    }
    if (!lines.getLast().equals(last())) {
      throw SignException.malformed(what, "it does not end with '%s'".formatted(last()));
    }
    return decode(what, String.join("", lines.subList(1, lines.size() - 1)));
  }

  static byte[] decode(String what, String base64) throws SignException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw SignException.malformed(what, "it is not base 64");
    }
  }
}
