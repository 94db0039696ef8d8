package dev.synapse.sandbox;

/// A limit of the kernel's on each process, which nobody can raise again.
///
/// @param value in the unit of the resource
record HardLimit(Resource resource, long value) {
  /// `ulimit -f` counts in these.
  static final int FILE_SIZE_UNIT = 512;

  /// What is limited.
  enum Resource {
    /// Bytes of a core dump.
    CORE(4, 'c', 1024),
    /// Bytes of a file.
    FILE_SIZE(1, 'f', FILE_SIZE_UNIT),
    /// Bytes of memory with data.
    DATA(2, 'd', 1024);

    private final int number;
    private final char option;
    private final int unit;

    Resource(int number, char option, int unit) {
      this.number = number;
      this.option = option;
      this.unit = unit;
    }

    /// Its number in Linux.
    int number() {
      return number;
    }
  }

  /// What the shell's `ulimit` is told.
  String toUlimit() {
    return "-" + resource.option + " " + Math.ceilDiv(value, resource.unit);
  }
}
