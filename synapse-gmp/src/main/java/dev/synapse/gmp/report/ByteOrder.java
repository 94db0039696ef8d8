package dev.synapse.gmp.report;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/// The one order of everything in a report: by unsigned bytes of UTF-8, as awk has it.
final class ByteOrder {
  private static final Comparator<String> BYTES =
      Comparator.comparing(name -> name.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private ByteOrder() {}

  static <T> List<T> sorted(List<T> values, Function<T, String> name) {
    return values.stream().sorted(Comparator.comparing(name, BYTES)).toList();
  }

  static <T> void requireDistinct(List<T> values, Function<T, String> name) {
    if (values.stream().map(name).distinct().count() != values.size()) {
      throw new IllegalArgumentException("two modules of one name");
    }
  }
}
