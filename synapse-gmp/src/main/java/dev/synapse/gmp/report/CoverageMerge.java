package dev.synapse.gmp.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts coverage reports together, so that no line counts twice.
///
/// A format that names its sources by package (JaCoCo) does not say which module a report is of. A
/// report is of a module that another one measured if that one has all its files, with the same
/// lines: so a report of one module beside one of all modules counts once, and so do the parts of a
/// divided test run.
final class CoverageMerge {
  /// Reports of many modules first, for these name them; then large parts.
  private static final Comparator<Part> ORDER =
      Comparator.comparingInt((Part part) -> -part.modules())
          .thenComparingInt(part -> -part.files().size());

  /// The files of one module in one report, which has so many modules.
  private record Part(String report, String module, int modules, List<FileCoverage> files) {}

  private final List<String> notes;
  private final Map<String, FileCoverage> byPath = new LinkedHashMap<>();
  private final List<Part> parts = new ArrayList<>();

  CoverageMerge(List<String> notes) {
    this.notes = notes;
  }

  void add(String report, Collection<FileCoverage> files) {
    Map<String, List<FileCoverage>> modules = new LinkedHashMap<>();
    for (FileCoverage file : files) {
      if (file.name().byPackage()) {
        modules.computeIfAbsent(file.module(), _ -> new ArrayList<>()).add(file);
      } else {
        byPath.merge(file.name().identity(), file, FileCoverage::merge);
      }
    }
    modules.forEach((module, its) -> parts.add(new Part(report, module, modules.size(), its)));
  }

  /// Each file once.
  List<FileCoverage> files() {
    List<FileCoverage> all = new ArrayList<>(byPath.values());
    Map<String, Map<String, FileCoverage>> modules = new LinkedHashMap<>();
    Map<String, String> measuredBy = new HashMap<>();
    parts.sort(ORDER); // else in the order of the reports
    for (Part part : parts) {
      String module = moduleOf(part, modules, measuredBy);
      measuredBy.putIfAbsent(module, part.report());
      Map<String, FileCoverage> files = modules.computeIfAbsent(module, _ -> new HashMap<>());
      part.files().forEach(file -> files.merge(file.path(), file, FileCoverage::merge));
    }
    modules.values().forEach(files -> all.addAll(files.values()));
    return all;
  }

  private String moduleOf(
      Part part, Map<String, Map<String, FileCoverage>> modules, Map<String, String> measuredBy) {
    if (modules.containsKey(part.module())) {
      return part.module();
    }
    Optional<String> same =
        modules.entrySet().stream()
            .filter(other -> !part.report().equals(measuredBy.get(other.getKey())))
            .filter(other -> holds(other.getValue(), part))
            .map(Map.Entry::getKey)
            .findFirst();
    same.ifPresent(
        module ->
            notes.add(
                "%s: '%s' has the files and lines of '%s' in %s, counted once"
                    .formatted(part.report(), part.module(), module, measuredBy.get(module))));
    return same.orElse(part.module());
  }

  private static boolean holds(Map<String, FileCoverage> module, Part part) {
    return part.files().stream()
        .allMatch(
            file -> {
              FileCoverage other = module.get(file.path());
              return other != null && other.sameLines(file);
            });
  }
}
