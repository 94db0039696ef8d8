package dev.synapse.gmp.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Coverage by line of everything that was measured: each source file once, however many reports
/// speak of it.
///
/// @param reports how many report files were read
/// @param files sorted by module, then path
public record LineReport(long reports, List<FileCoverage> files) {
  public LineReport {
    files =
        files.stream()
            .sorted(
                Comparator.comparing(FileCoverage::module)
                    .thenComparing(file -> file.name().path())
                    .thenComparing(file -> file.name().identity()))
            .toList();
  }

  /// Reads the line data that a build left beside its canonical report.
  ///
  /// @param linesJson the file, which `report.awk` wrote
  /// @param reports how many report files the canonical report is of
  /// @throws ReportException if it is damaged
  /// @throws IOException if it cannot be read
  public static LineReport read(Path linesJson, long reports) throws ReportException, IOException {
    return LinesJson.parse(linesJson.toString(), Files.readAllBytes(linesJson), reports);
  }

  /// How many lines ran; empty when no line was measured.
  public Optional<Covered> lines() {
    return Covered.sum(files.stream(), FileCoverage::lines);
  }

  /// How many branches were taken; empty when no report has data of branches.
  public Optional<Covered> branches() {
    return Covered.sum(files.stream(), FileCoverage::branches);
  }

  /// How many statements ran, where a format counts these (Go); empty in others.
  public Optional<Covered> statements() {
    return Covered.sum(files.stream(), FileCoverage::statements);
  }

  /// The sums of each module, sorted by name.
  public List<CoverageModule> modules() {
    Map<String, List<FileCoverage>> modules =
        files.stream()
            .collect(
                Collectors.groupingBy(FileCoverage::module, TreeMap::new, Collectors.toList()));
    return modules.entrySet().stream()
        .map(
            module ->
                new CoverageModule(
                    module.getKey(),
                    Covered.sum(module.getValue().stream(), FileCoverage::lines),
                    Covered.sum(module.getValue().stream(), FileCoverage::branches)))
        .toList();
  }
}
