package dev.synapse.gmp.report;

import java.util.List;
import java.util.Optional;

/// How reports name a source file.
///
/// @param byPackage known by its package and the name of the file alone: the same in another module
///   is another file
/// @param identity what is equal for the same file in several reports
record SourceName(
    String module,
    String packageName,
    String path,
    List<String> roots,
    Optional<String> source,
    boolean byPackage,
    String identity) {
  SourceName {
    roots = List.copyOf(roots);
  }
}
