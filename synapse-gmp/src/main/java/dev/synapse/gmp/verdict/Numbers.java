package dev.synapse.gmp.verdict;

import java.math.BigDecimal;

/// Numbers as reports write them.
public final class Numbers {
  private Numbers() {}

  /// Without an exponent and without zeros at the end.
  public static String plain(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0).toPlainString() : stripped.toPlainString();
  }
}
