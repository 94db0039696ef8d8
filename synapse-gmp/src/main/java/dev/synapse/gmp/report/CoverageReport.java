package dev.synapse.gmp.report;

import java.util.List;
import java.util.Optional;

/// Coverage of a whole build.
///
/// @param files how many report files were read
/// @param modules sorted by the bytes of their names, each name once
public record CoverageReport(long files, List<CoverageModule> modules) {
  public CoverageReport {
    if (files < 0) {
      throw new IllegalArgumentException("negative count of files");
    }
    modules = ByteOrder.sorted(modules, CoverageModule::name);
    ByteOrder.requireDistinct(modules, CoverageModule::name);
  }

  /// Lines of all modules that have line data; empty when none has.
  public Optional<Covered> lines() {
    return Covered.sum(modules.stream(), CoverageModule::lines);
  }

  /// Branches of all modules that have branch data; empty when none has.
  public Optional<Covered> branches() {
    return Covered.sum(modules.stream(), CoverageModule::branches);
  }
}
