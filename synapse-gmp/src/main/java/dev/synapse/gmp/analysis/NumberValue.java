package dev.synapse.gmp.analysis;

import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a literal number is worth, as far as that decides whether it needs a name.
final class NumberValue {
  /// The numbers that explain themselves. In Java minus zero is none of them.
  private static final Set<Double> PLAIN = Set.of(-1.0, 0.0, 1.0, 2.0, 0.5);

  private static final Pattern BASED =
      Pattern.compile("0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)(?![.eE89])");

  private static final Pattern DECIMAL = Pattern.compile("\\d*\\.?\\d*(?:[eE][+-]?\\d+)?");

  private static final Pattern HEXADECIMAL_REAL = Pattern.compile("0[xX].*[pP].*");

  /// The base of each group of [#BASED].
  private static final int[] BASES = {0, 16, 2, 8};

  private static final int INT_BITS = 32;

  private NumberValue() {}

  /// Whether a number in Java needs no name. As the compiler sees it: `0xFFFFFFFF` is -1, `01` is
  /// 1.
  static boolean isPlainJava(String literal, boolean negative) {
    String text = literal.replace("_", "");
    Matcher based = BASED.matcher(text);
    if (!based.lookingAt() || HEXADECIMAL_REAL.matcher(text).matches()) {
      return isPlain(decimal(text), negative);
    }
    BigInteger value = whole(based);
    boolean isLong = text.endsWith("l") || text.endsWith("L");
    boolean wraps = !isLong && value.bitLength() <= INT_BITS;
    return isPlain((double) (wraps ? value.intValue() : value.longValue()), negative);
  }

  /// Whether a number in another language needs no name.
  static boolean isPlain(String literal, boolean negative) {
    String text = literal.replace("_", "").replace("'", "");
    if (text.endsWith("j") || text.endsWith("J")) {
      return decimal(text) == 0;
    }
    Matcher based = BASED.matcher(text);
    double value = based.lookingAt() ? whole(based).doubleValue() : decimal(text);
    return isPlain(value, negative && value != 0);
  }

  private static boolean isPlain(double value, boolean negative) {
    return PLAIN.contains(negative ? -value : value);
  }

  private static BigInteger whole(Matcher based) {
    int group = 1;
    while (based.group(group) == null) {
      group++;
    }
    return new BigInteger(based.group(group), BASES[group]);
  }

  /// The digits in front, whatever letters follow them to name a type.
  private static double decimal(String text) {
    if (HEXADECIMAL_REAL.matcher(text).matches()) {
      return Double.parseDouble(text);
    }
    Matcher digits = DECIMAL.matcher(text);
    try {
      return digits.lookingAt() ? Double.parseDouble(digits.group()) : Double.NaN;
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }
}
