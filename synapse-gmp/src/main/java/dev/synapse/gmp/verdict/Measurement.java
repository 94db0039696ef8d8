package dev.synapse.gmp.verdict;

import java.math.BigDecimal;
import java.math.RoundingMode;

/// A share, kept as the two counts it comes from, so that no rounding can carry it over a limit.
/// Out of range, or not a number, it cannot be.
///
/// @param part how many count
/// @param whole of how many, at least one
/// @param scale what the whole is called: 100 for percent, 1 for a rate
public record Measurement(long part, long whole, int scale) {
  /// Digits after the point of a value; more are cut off, never rounded up.
  private static final int DIGITS = 4;

  public Measurement {
    if (whole <= 0 || part < 0 || part > whole) {
      throw new IllegalArgumentException("%d of %d is not a share".formatted(part, whole));
    }
    if (scale != 1 && scale != 100) {
      throw new IllegalArgumentException("scale " + scale);
    }
  }

  /// At most four digits after the point, rounded down: it is below a limit exactly when the share
  /// is.
  public BigDecimal value() {
    BigDecimal value =
        BigDecimal.valueOf(part)
            .multiply(BigDecimal.valueOf(scale))
            .divide(BigDecimal.valueOf(whole), DIGITS, RoundingMode.FLOOR)
            .stripTrailingZeros();
    return value.scale() < 0 ? value.setScale(0) : value;
  }

  boolean reaches(BigDecimal limit) {
    return exact().compareTo(limit.multiply(BigDecimal.valueOf(whole))) >= 0;
  }

  /// How many of the parts are over the limit, or, negative, are missing to it.
  long distance(BigDecimal limit) {
    return part
        - limit
            .multiply(BigDecimal.valueOf(whole))
            .divide(BigDecimal.valueOf(scale), 0, RoundingMode.CEILING)
            .longValueExact();
  }

  private BigDecimal exact() {
    return BigDecimal.valueOf(part).multiply(BigDecimal.valueOf(scale));
  }
}
