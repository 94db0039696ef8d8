package dev.synapse.gmp.analysis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/// The order of paths: by unsigned bytes of UTF-8, on every machine the same.
final class Paths {
  static final Comparator<String> ORDER =
      Comparator.comparing(path -> path.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

  private Paths() {}
}
