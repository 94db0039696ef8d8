package dev.synapse.gmp.json;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import tools.jackson.databind.JsonNode;

/// Numbers as ECMAScript writes them: the fewest digits that mean the same `double`.
///
/// @see <a href="https://tc39.es/ecma262/#sec-numeric-types-number-tostring">ECMA-262,
///   Number::toString</a>
final class EcmaNumber {
  /// From this power of ten on, and below the other one, there is an exponent.
  private static final int LARGE = 21;

  private static final int SMALL = -6;

  private static final MathContext ONE_DIGIT = new MathContext(1, RoundingMode.HALF_EVEN);

  private EcmaNumber() {}

  static String of(JsonNode number) {
    String written = of(number.doubleValue());
    if (number.isIntegralNumber()
        && new BigDecimal(written).compareTo(number.decimalValue()) != 0) {
      throw new IllegalArgumentException(number + " is more than a double holds");
    }
    return written;
  }

  static String of(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no " + value);
    }
    if (value == 0) {
      return "0"; // also for the negative one
    }
    return value < 0 ? "-" + positive(-value) : positive(value);
  }

  private static String positive(double value) {
    BigDecimal shortest = shortest(value);
    String digits = shortest.unscaledValue().toString();
    int count = digits.length();
    int point = count - shortest.scale(); // the value is 0.DIGITS times ten to this power
    if (point > LARGE || point <= SMALL) {
      String rest = count == 1 ? "" : "." + digits.substring(1);
      return digits.charAt(0) + rest + (point > 0 ? "e+" : "e-") + Math.abs(point - 1);
    }
    if (point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    return count <= point
        ? digits + "0".repeat(point - count)
        : digits.substring(0, point) + "." + digits.substring(point);
  }

  /// What Java writes has the fewest digits too, except that it prefers two to one.
  private static BigDecimal shortest(double value) {
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    BigDecimal shorter = shortest.round(ONE_DIGIT).stripTrailingZeros();
    return shortest.precision() == 2 && shorter.doubleValue() == value ? shorter : shortest;
  }
}
