package dev.synapse.gmp.policy;

import dev.synapse.build.document.Node;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the numbers of a policy. What is no number, is negative, or is written in another unit
/// than the figure has, is an error: a rate of 80 and a percentage of 0.8 are slips that never
/// fail, or never pass.
final class Bounds {
  private static final BigDecimal MOST_PERCENT = new BigDecimal(100);
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12}) ?(kB|MB|GB|KiB|MiB|GiB)");
  private static final Map<String, Long> SIZES =
      Map.of(
          "kB",
          1_000L,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30);

  private Bounds() {}

  /// The number that a value is; empty for one that is none, as NaN and infinity.
  static Optional<BigDecimal> number(Node node) {
    return switch (node) {
      case Node.Whole(_, var whole) -> Optional.of(BigDecimal.valueOf(whole));
      case Node.Other(_, var shown) -> decimal(shown);
      case Node.Truth _, Node.Text _, Node.Table _, Node.Array _ -> Optional.empty();
    };
  }

  private static Optional<BigDecimal> decimal(String text) {
    try {
      return Optional.of(new BigDecimal(text));
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  /// The bound that a value is in a unit; empty for one that is none, see [#expected(Unit)].
  static Optional<BigDecimal> bound(Node node, Unit unit) {
    return switch (unit) {
      case TRUTH -> truth(node);
      case BYTES -> bytes(node);
      case COUNT -> count(node);
      case PERCENT -> number(node).filter(Bounds::isPercent);
      case RATE -> number(node).filter(Bounds::isRate);
      case PER_KLOC -> number(node).filter(value -> value.signum() >= 0);
    };
  }

  private static Optional<BigDecimal> truth(Node node) {
    return node instanceof Node.Truth(_, var holds) && holds
        ? Optional.of(BigDecimal.ONE)
        : Optional.empty();
  }

  private static Optional<BigDecimal> bytes(Node node) {
    return node instanceof Node.Text(_, var text) ? size(text) : count(node);
  }

  private static boolean isPercent(BigDecimal value) {
    boolean inside = value.signum() >= 0 && value.compareTo(MOST_PERCENT) <= 0;
    return inside && (value.signum() == 0 || value.compareTo(BigDecimal.ONE) >= 0);
  }

  private static boolean isRate(BigDecimal value) {
    return value.signum() >= 0 && value.compareTo(BigDecimal.ONE) <= 0;
  }

  private static Optional<BigDecimal> count(Node node) {
    return node instanceof Node.Whole(_, var whole) && whole >= 0
        ? Optional.of(BigDecimal.valueOf(whole))
        : Optional.empty();
  }

  private static Optional<BigDecimal> size(String text) {
    Matcher found = SIZE.matcher(text);
    return found.matches()
        ? Optional.of(
            new BigDecimal(found.group(1))
                .multiply(BigDecimal.valueOf(SIZES.getOrDefault(found.group(2), 1L))))
        : Optional.empty();
  }

  /// What messages call a bound of that unit.
  static String expected(Unit unit) {
    return switch (unit) {
      case TRUTH -> "true, or false for no limit";
      case BYTES -> "bytes, or a size such as '500 MB'";
      case COUNT -> "a whole number from 0";
      case PERCENT -> "a percentage from 1 to 100, or 0 (a rate of 0.8 is 80)";
      case RATE -> "a rate from 0 to 1 (80 percent is 0.8)";
      case PER_KLOC -> "a number from 0, in a thousand lines";
    };
  }
}
