package dev.synapse.gmp.analysis;

/// The ids of the rules by which sources are counted. Each has a page under `docs/metrics/`; when a
/// rule changes so that a figure may change, its number does.
public final class Definitions {
  /// How often lines of code stand somewhere else too.
  public static final String DUPLICATION = "duplication/1";

  /// How many ways lead through a function.
  public static final String CYCLOMATIC_COMPLEXITY = "cyclomatic-complexity/1";

  /// Which numbers stand in code without a name.
  public static final String MAGIC_NUMBERS = "magic-numbers/1";

  private Definitions() {}
}
