package dev.synapse.build.rebuild;

import static java.util.Objects.requireNonNull;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// One place where two builds differ: a file of an output, or an entry of an archive in it.
///
/// @param file path below the output, `.` for the output itself
/// @param entry the entry within the archive `file`, where it is one; in an archive within that,
///   the names of both with `!` between
/// @param aspects what differs, at least one
/// @param detail both values, first build's first, for a person; may be empty
public record Difference(String file, Optional<String> entry, Set<Aspect> aspects, String detail) {

  /// What can differ.
  public enum Aspect {
    /// The bytes.
    CONTENT,
    /// The time stamp that an archive keeps.
    TIME,
    /// The place among the other entries.
    ORDER,
    /// The permissions.
    MODE,
    /// User and group that an archive keeps, by number and by name.
    OWNER,
    /// File, folder or symbolic link.
    TYPE,
    /// Where a symbolic link points.
    TARGET,
    /// Only the first build made it.
    ONLY_IN_FIRST,
    /// Only the second build made it.
    ONLY_IN_SECOND,
    /// How it is packed or compressed; what comes out is the same.
    PACKING
  }

  /// Refuses a difference without an aspect.
  public Difference {
    requireNonNull(file, "file");
    requireNonNull(entry, "entry");
    requireNonNull(detail, "detail");
    if (aspects.isEmpty()) {
      throw new IllegalArgumentException("a difference that differs in nothing: " + file);
    }
    aspects = Set.copyOf(aspects);
  }

  static Difference of(String file, Aspect aspect, String detail) {
    return Place.of(file).differs(aspect, detail);
  }

  /// The aspects in the order of their declaration, in lower case.
  public List<String> aspectNames() {
    return EnumSet.copyOf(aspects).stream()
        .map(aspect -> aspect.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
        .toList();
  }

  /// One line: `lib/a.jar!META-INF/MANIFEST.MF: content, time (...)`.
  public String message() {
    String place = entry.map(name -> file + "!" + name).orElse(file);
    String what = aspectNames().stream().collect(Collectors.joining(", "));
    return detail.isEmpty() ? place + ": " + what : place + ": " + what + " (" + detail + ")";
  }
}
