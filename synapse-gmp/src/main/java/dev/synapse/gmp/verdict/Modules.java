package dev.synapse.gmp.verdict;

import dev.synapse.gmp.report.CoverageModule;
import dev.synapse.gmp.report.CoverageReport;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.report.TestModule;
import dev.synapse.gmp.report.TestReport;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The modules of a project, and which of them a source file belongs to.
public final class Modules {
  private static final String TOP = ".";

  private final SortedSet<String> names = new TreeSet<>();
  private final List<String> longestFirst;

  private Modules(Collection<String> found) {
    names.addAll(found);
    longestFirst =
        names.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
  }

  /// The modules that reports of tests and coverage name.
  public static Modules of(QualityReport report) {
    var names = new TreeSet<String>();
    report.tests().map(TestReport::modules).orElse(List.of()).stream()
        .map(TestModule::name)
        .forEach(names::add);
    report.coverage().map(CoverageReport::modules).orElse(List.of()).stream()
        .map(CoverageModule::name)
        .forEach(names::add);
    return new Modules(names);
  }

  /// All of them, sorted.
  public List<String> names() {
    return List.copyOf(names);
  }

  /// The module whose folder a file is in, or whose name that folder has, as in reports over
  /// several modules; `.` for a file beside all of them.
  public String of(String path) {
    Optional<String> folder =
        longestFirst.stream()
            .filter(name -> path.startsWith(name + "/") || path.contains("/" + name + "/"))
            .findFirst();
    return folder.orElse(TOP);
  }
}
