package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.policy.Unit;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/// A figure, kept as the two counts it comes from, so that no rounding can carry it over a limit.
/// Out of range, or not a number, it cannot be.
///
/// @param part how many count
/// @param whole of how many, at least one; 1 for a plain count
/// @param unit what the figure is in
public record Measurement(long part, long whole, Unit unit) {
  /// Digits after the point of a value; more are cut off, never rounded up.
  private static final int DIGITS = 4;

  /// Digits after the point of a bound that another figure sets.
  private static final int BOUND_DIGITS = 10;

  public Measurement {
    requireNonNull(unit, "unit");
    if (whole <= 0 || part < 0 || (unit.isShare() && part > whole)) {
      throw new IllegalArgumentException("%d of %d is not a share".formatted(part, whole));
    }
  }

  /// A share.
  ///
  /// @param scale what the whole is called: 100 for percent, 1 for a rate
  public Measurement(long part, long whole, int scale) {
    this(part, whole, unit(scale));
  }

  /// A plain count.
  public static Measurement count(long count, Unit unit) {
    return new Measurement(count, 1, unit);
  }

  private static Unit unit(int scale) {
    if (scale == Unit.RATE.scale()) {
      return Unit.RATE;
    }
    if (scale == Unit.PERCENT.scale()) {
      return Unit.PERCENT;
    }
    throw new IllegalArgumentException("scale " + scale);
  }

  /// At most four digits after the point, rounded down: it is below a limit exactly when the share
  /// is.
  public BigDecimal value() {
    return divided(DIGITS, RoundingMode.FLOOR);
  }

  /// The figure as a bound that it keeps itself, whichever way the bound goes.
  BigDecimal bound(boolean atLeast) {
    return divided(BOUND_DIGITS, atLeast ? RoundingMode.FLOOR : RoundingMode.CEILING);
  }

  private BigDecimal divided(int digits, RoundingMode rounding) {
    BigDecimal value =
        scaled().divide(BigDecimal.valueOf(whole), digits, rounding).stripTrailingZeros();
    return value.scale() < 0 ? value.setScale(0) : value;
  }

  boolean meets(BigDecimal limit, boolean atLeast) {
    int order = scaled().compareTo(limit.multiply(BigDecimal.valueOf(whole)));
    return atLeast ? order >= 0 : order <= 0;
  }

  /// How many parts it has more, or, negative, fewer than the last that meets the limit.
  BigInteger distance(BigDecimal limit, boolean atLeast) {
    BigDecimal last =
        limit
            .multiply(BigDecimal.valueOf(whole))
            .divide(
                BigDecimal.valueOf(unit.scale()),
                0,
                atLeast ? RoundingMode.CEILING : RoundingMode.FLOOR);
    return BigInteger.valueOf(part).subtract(last.toBigInteger());
  }

  private BigDecimal scaled() {
    return BigDecimal.valueOf(part).multiply(BigDecimal.valueOf(unit.scale()));
  }
}
