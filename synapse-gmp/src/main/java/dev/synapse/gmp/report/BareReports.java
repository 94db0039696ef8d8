package dev.synapse.gmp.report;

import dev.synapse.gmp.report.format.DamagedReport;
import dev.synapse.gmp.report.format.Elements;
import dev.synapse.gmp.report.format.JunitFile;
import dev.synapse.gmp.report.format.Notes;
import dev.synapse.gmp.report.format.XmlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads the report files that any build tool left, outside of a Synapse build. Follows the rules
/// of `report.awk` and gives the same report for the same files.
public final class BareReports {
  private final Path folder;
  private final List<ReportProblem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private BareReports(Path folder) {
    this.folder = folder;
  }

  /// Reads what the patterns match below a folder. No pattern at all for one kind means that it is
  /// not measured; a pattern that matches nothing is a problem.
  ///
  /// @param testGlobs JUnit XML files
  /// @param coverageGlobs JaCoCo XML files
  /// @throws ReportException with everything that is missing or damaged
  /// @throws IOException if a file or folder cannot be read
  public static QualityReport read(Path folder, List<String> testGlobs, List<String> coverageGlobs)
      throws ReportException, IOException {
    var reports = new BareReports(folder);
    List<String> tests = reports.find(testGlobs);
    List<String> coverage = reports.find(coverageGlobs);
    reports.stopOnProblems();
    CoverageReport measured = reports.readCoverage(coverage);
    TestReport tested = reports.readTests(tests);
    reports.stopOnProblems();
    return new QualityReport(
        testGlobs.isEmpty() ? Optional.empty() : Optional.of(tested),
        coverageGlobs.isEmpty() ? Optional.empty() : Optional.of(measured),
        reports.notes);
  }

  private void stopOnProblems() throws ReportException {
    if (!problems.isEmpty()) {
      throw new ReportException(problems);
    }
  }

  private List<String> find(List<String> patterns) throws IOException {
    List<String> found = new ArrayList<>();
    for (String pattern : patterns) {
      Optional<Glob> glob = Glob.parse(pattern);
      if (glob.isEmpty()) {
        problems.add(new ReportProblem.BadPattern(pattern));
        continue;
      }
      List<String> files = glob.get().filesBelow(folder);
      if (files.isEmpty()) {
        problems.add(new ReportProblem.NoFile(pattern));
      }
      found.addAll(files);
    }
    return ByteOrder.sorted(found.stream().distinct().toList(), Function.identity());
  }

  private TestReport readTests(List<String> files) throws IOException {
    Map<String, TestTally> modules = new HashMap<>();
    for (String file : files) {
      TestTally tally = modules.computeIfAbsent(moduleOf(file), _ -> new TestTally());
      var fileNotes = new Notes(file);
      if (readFile(file, new JunitFile(tally, fileNotes))) {
        notes.addAll(fileNotes.lines());
      }
    }
    return new TestReport(
        files.size(),
        modules.entrySet().stream()
            .filter(module -> !module.getValue().isEmpty())
            .map(module -> module.getValue().module(module.getKey()))
            .toList());
  }

  private CoverageReport readCoverage(List<String> files) throws IOException {
    Map<String, CoverageModule> modules = new TreeMap<>();
    var measured = new Measured();
    for (String file : files) {
      var fileNotes = new Notes(file);
      var jacoco = new JacocoFile();
      if (!readFile(file, jacoco)) {
        continue;
      }
      try {
        if (jacoco.groups().isEmpty()) {
          String module = moduleOf(file);
          measured.alone(file, module, jacoco.whole().name);
          add(modules, module, jacoco.whole(), fileNotes);
        }
        for (JacocoFile.Part group : jacoco.groups()) {
          measured.group(file, group.name);
          add(modules, group.name, group, fileNotes);
        }
        notes.addAll(fileNotes.lines());
      } catch (DamagedReport e) {
        problems.add(new ReportProblem.Damaged(file, e.reason()));
      }
    }
    return new CoverageReport(files.size(), List.copyOf(modules.values()));
  }

  private static void add(
      Map<String, CoverageModule> modules, String name, JacocoFile.Part part, Notes notes) {
    modules.put(name, new CoverageModule(name, part.lines(), part.branches()));
    if (part.lines().isEmpty()) {
      notes.add("'%s' has no line data".formatted(name));
    }
  }

  private boolean readFile(String file, Elements elements) throws IOException {
    try {
      XmlFile.read(folder.resolve(file), XmlFile.MAX_IN_ROOM, elements);
      return true;
    } catch (DamagedReport e) {
      problems.add(new ReportProblem.Damaged(file, e.reason()));
      return false;
    }
  }

  /// The folders before the first `target` or `build`; without one, the folder of the file.
  static String moduleOf(String file) {
    List<String> names = List.of(file.split("/"));
    String folders =
        String.join(
            "/",
            names.subList(0, names.size() - 1).stream()
                .takeWhile(name -> !name.equals("target") && !name.equals("build"))
                .toList());
    return folders.isEmpty() ? "." : folders;
  }

  /// What was measured by which file. The same lines must not count twice: a module has one report,
  /// and stands in an aggregate or alone.
  private static final class Measured {
    private final Map<String, String> modules = new HashMap<>();
    private final Map<String, String> aloneTitles = new HashMap<>();
    private final Map<String, String> groupTitles = new HashMap<>();

    void alone(String file, String module, String title) throws DamagedReport {
      refuse(module, modules.get(module));
      refuse(title, groupTitles.get(title));
      modules.put(module, file);
      if (!title.isEmpty()) {
        aloneTitles.put(title, file);
      }
    }

    void group(String file, String title) throws DamagedReport {
      refuse(title, modules.get(title));
      refuse(title, aloneTitles.get(title));
      modules.put(title, file);
      groupTitles.put(title, file);
    }

    private static void refuse(String name, @Nullable String other) throws DamagedReport {
      if (other != null) {
        throw new DamagedReport(
            "measures '%s', as does %s: its lines would count twice".formatted(name, other));
      }
    }
  }
}
