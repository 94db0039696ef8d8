package dev.synapse.store.oracle;

/// Where random tests begin: the same every time, unless the property `synapse.test.seed` gives
/// another number.
public final class Seeds {
  private static final String PROPERTY = "synapse.test.seed";

  private Seeds() {}

  /// The seed of a test, which is printed.
  ///
  /// @param test what to print it with
  /// @param usual the seed when there is no such property
  public static long of(String test, long usual) {
    long seed = Long.getLong(PROPERTY, usual);
    System.out.printf("%s: seed %d (-D%s=%d)%n", test, seed, PROPERTY, seed);
    return seed;
  }
}
