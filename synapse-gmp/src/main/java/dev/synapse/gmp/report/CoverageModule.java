package dev.synapse.gmp.report;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/// Coverage of one module. A report without a counter has no data: not 0 %, and not 100 %.
public record CoverageModule(String name, Optional<Covered> lines, Optional<Covered> branches) {
  public CoverageModule {
    requireNonNull(name, "name");
    requireNonNull(lines, "lines");
    requireNonNull(branches, "branches");
  }
}
