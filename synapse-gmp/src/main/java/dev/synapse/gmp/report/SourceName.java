package dev.synapse.gmp.report;

import java.util.List;
import java.util.Optional;

/// How reports name a source file.
///
/// @param identity what is equal for the same file in several reports
record SourceName(
    String module,
    String packageName,
    String path,
    List<String> roots,
    Optional<String> source,
    String identity) {
  SourceName {
    roots = List.copyOf(roots);
  }

  SourceName inModule(String other, String itsIdentity) {
    return new SourceName(other, packageName, path, roots, source, itsIdentity);
  }
}
