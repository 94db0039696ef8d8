package dev.synapse.gmp.report;

import dev.synapse.gmp.report.format.DamagedReport;
import dev.synapse.gmp.report.format.ExecutionData;
import dev.synapse.gmp.report.format.Notes;
import dev.synapse.gmp.report.format.ReportReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads the reports of other tools, by line, and merges them. What a file is, its content tells,
/// and never its name. Known are
///
/// - tests: JUnit XML and its dialects, NUnit 2 and 3, xUnit v2, TRX;
/// - coverage: JaCoCo XML, Cobertura XML and its dialects, Clover XML, LCOV, JSON of coverage.py,
///   cover profiles of Go, and JaCoCo's `.exec` together with the classes;
/// - mutants: XML of PIT.
///
/// What is there is counted; where the totals of a file itself disagree, a note says so. A file
/// whose bytes were read before counts once. Sizes and depths are bounded, nothing outside of the
/// files is opened, and memory does not grow with a file but with what it measures.
public final class Reports {
  private static final int BUFFER = 1 << 16;

  private final Path folder;
  private final List<ReportProblem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<ReportFile> files = new ArrayList<>();

  /// What is done with one file.
  private interface Reading {
    String read(String name, ReportReader reader, Notes fileNotes)
        throws DamagedReport, IOException;
  }

  private Reports(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /// Reads all files, or none.
  ///
  /// @param folder names are told relative to it, and sources are looked for in it
  /// @throws ReportException with everything that is damaged or of no known format
  /// @throws IOException if a file cannot be read
  public static MeasuredReports read(Path folder, ReportPaths paths)
      throws ReportException, IOException {
    var reports = new Reports(folder);
    TestReport tests = reports.tests(paths.tests());
    LineReport coverage = reports.coverage(paths.coverage(), paths.classes());
    MutationReport mutations = reports.mutations(paths.mutations());
    if (!reports.problems.isEmpty()) {
      throw new ReportException(reports.problems);
    }
    return new MeasuredReports(
        reports.files,
        paths.tests().isEmpty() ? Optional.empty() : Optional.of(tests),
        paths.coverage().isEmpty() ? Optional.empty() : Optional.of(coverage),
        paths.mutations().isEmpty() ? Optional.empty() : Optional.of(mutations),
        reports.notes);
  }

  private TestReport tests(List<Path> paths) throws IOException {
    Map<String, TestTally> modules = new HashMap<>();
    long read =
        readEach(
            paths,
            (name, reader, fileNotes) -> {
              String module = BareReports.moduleOf(name);
              return reader.tests(modules.computeIfAbsent(module, _ -> new TestTally()), fileNotes);
            });
    return new TestReport(
        read,
        modules.entrySet().stream()
            .filter(module -> !module.getValue().isEmpty())
            .map(module -> module.getValue().module(module.getKey()))
            .toList());
  }

  private LineReport coverage(List<Path> paths, List<Path> classes) throws IOException {
    var merge = new CoverageMerge(notes);
    var executed = new ExecutionData();
    var needClasses = new ArrayList<String>();
    long read =
        readEach(
            paths,
            (name, reader, fileNotes) -> {
              if (reader.isExecutionData()) {
                needClasses.add(name);
                return reader.executionData(executed);
              }
              var file = new CoverageFile(new SourceNames(folder, name), fileNotes);
              String format = reader.coverage(file, fileNotes);
              merge.add(name, file.files());
              return format;
            });
    if (!needClasses.isEmpty()) {
      classes(needClasses.getFirst(), classes, executed, merge);
    }
    return new LineReport(read, merge.files());
  }

  /// All runs together, class folder by class folder: tests of one module run classes of others.
  private void classes(
      String report, List<Path> classes, ExecutionData executed, CoverageMerge merge)
      throws IOException {
    if (classes.isEmpty()) {
      problems.add(
          new ReportProblem.Damaged(
              report, "is JaCoCo exec, which says nothing without the folders of its classes"));
    }
    for (Map.Entry<String, Path> path : named(classes).entrySet()) {
      String name = path.getKey();
      var fileNotes = new Notes(name);
      var file = new CoverageFile(new SourceNames(folder, name + "/."), fileNotes);
      try {
        executed.lines(path.getValue(), file, fileNotes);
        merge.add(name, file.files());
        notes.addAll(fileNotes.lines());
      } catch (DamagedReport e) {
        problems.add(new ReportProblem.Damaged(name, e.reason()));
      }
    }
  }

  private MutationReport mutations(List<Path> paths) throws IOException {
    var mutants = new Mutants();
    readEach(paths, (_, reader, _) -> reader.mutations(mutants));
    return new MutationReport(mutants.each());
  }

  /// Reads files in the order of their names; what was read before, under another name, is left
  /// out.
  ///
  /// @return how many were read
  private long readEach(List<Path> paths, Reading reading) throws IOException {
    Map<String, String> seen = new HashMap<>();
    for (Map.Entry<String, Path> path : named(paths).entrySet()) {
      String name = path.getKey();
      String digest = digest(path.getValue());
      String before = seen.putIfAbsent(digest, name);
      if (before != null) {
        notes.add("%s: the same bytes as %s, counted once".formatted(name, before));
        continue;
      }
      var fileNotes = new Notes(name);
      try {
        String format = reading.read(name, new ReportReader(path.getValue()), fileNotes);
        files.add(new ReportFile(name, format, Files.size(path.getValue()), digest));
        notes.addAll(fileNotes.lines());
      } catch (DamagedReport e) {
        problems.add(new ReportProblem.Damaged(name, e.reason()));
      }
    }
    return seen.size();
  }

  private SortedMap<String, Path> named(List<Path> paths) {
    var named = new TreeMap<String, Path>();
    for (Path path : paths) {
      Path file = folder.resolve(path).normalize();
      named.put(
          file.startsWith(folder) ? folder.relativize(file).toString() : path.toString(), file);
    }
    return named;
  }

  private static String digest(Path file) throws IOException {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        sha256.update(buffer, 0, got);
      }
    }
    return HexFormat.of().formatHex(sha256.digest());
  }
}
