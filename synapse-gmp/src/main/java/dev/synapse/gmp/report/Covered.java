package dev.synapse.gmp.report;

import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// How many lines, or branches, tests ran and how many they did not.
public record Covered(long covered, long missed) {
  public Covered {
    if (covered < 0 || missed < 0) {
      throw new IllegalArgumentException("negative count");
    }
  }

  /// All there are.
  public long total() {
    return covered + missed;
  }

  Covered plus(Covered other) {
    return new Covered(covered + other.covered, missed + other.missed);
  }

  static <T> Optional<Covered> sum(Stream<T> parts, Function<T, Optional<Covered>> counter) {
    return parts.flatMap(part -> counter.apply(part).stream()).reduce(Covered::plus);
  }
}
