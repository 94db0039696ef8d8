package dev.synapse.gmp.policy;

/// What a figure counts in, and how a fraction becomes the number that people read.
public enum Unit {
  /// Parts of a hundred, 0 to 100.
  PERCENT("%", 100, true),
  /// Parts of one, 0 to 1.
  RATE("", 1, true),
  /// How many there are.
  COUNT("", 1, false),
  /// How many there are in a thousand lines of code.
  PER_KLOC("/kloc", 1000, false),
  /// Bytes.
  BYTES(" bytes", 1, false),
  /// Whether it holds: 1, or 0.
  TRUTH("", 1, true);

  private final String suffix;
  private final int scale;
  private final boolean share;

  Unit(String suffix, int scale, boolean share) {
    this.suffix = suffix;
    this.scale = scale;
    this.share = share;
  }

  /// What follows the number, without a blank: `%`; may be empty.
  public String suffix() {
    return suffix;
  }

  /// What one whole is called: 100 for percent.
  public int scale() {
    return scale;
  }

  /// Whether no figure can be more than the whole.
  public boolean isShare() {
    return share;
  }

  /// The name in documents: `per-kloc`.
  public String id() {
    return Ids.of(this);
  }
}
