package dev.synapse.gmp.osv;

import dev.synapse.build.debian.DebianVersion;
import java.util.OptionalInt;

/// In which order the versions of an ecosystem stand.
enum VersionOrder {
  /// Every text is a version.
  MAVEN {
    @Override
    OptionalInt compare(String left, String right) {
      return OptionalInt.of(MavenVersion.of(left).compareTo(MavenVersion.of(right)));
    }
  },
  /// As dpkg orders them.
  DEBIAN {
    @Override
    OptionalInt compare(String left, String right) {
      return DebianVersion.isVersion(left) && DebianVersion.isVersion(right)
          ? OptionalInt.of(new DebianVersion(left).compareTo(new DebianVersion(right)))
          : OptionalInt.empty();
    }
  },
  /// Not known here: only the same text is the same version.
  UNKNOWN {
    @Override
    OptionalInt compare(String left, String right) {
      return left.equals(right) ? OptionalInt.of(0) : OptionalInt.empty();
    }
  };

  /// As [java.util.Comparator#compare]; empty where that is not known.
  abstract OptionalInt compare(String left, String right);

  boolean same(String left, String right) {
    OptionalInt compared = compare(left, right);
    return compared.isPresent() && compared.getAsInt() == 0;
  }
}
