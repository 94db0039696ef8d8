import dev.synapse.gmp.report.LineReport;
import dev.synapse.gmp.report.MeasuredReports;
import dev.synapse.gmp.report.ReportPaths;
import dev.synapse.gmp.report.Reports;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Reads a JaCoCo report of 10 MB again and again in one JVM, and prints the median and the slowest
/// time of the rounds after the tenth. The report is made here: every class, method and line with the
/// counters that JaCoCo writes. Target: at most 0.5 s.
///
///     java -cp synapse-gmp/target/classes:JARS bench/ReadReport.java [ROUNDS]
public final class ReadReport {
  private static final long SIZE = 10_000_000;
  private static final int WARM_UP = 10;
  private static final int LINES = 60;
  private static final String COUNTERS =
      """
      <counter type="INSTRUCTION" missed="3" covered="41"/><counter type="BRANCH" missed="1" covered="3"/>\
      <counter type="LINE" missed="1" covered="9"/><counter type="COMPLEXITY" missed="1" covered="4"/>\
      <counter type="METHOD" missed="0" covered="1"/>\
      """;

  private ReadReport() {}

  /// Writes the report beside nothing else, and reads it.
  public static void main(String[] args) throws Exception {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 40;
    Path folder = Files.createTempDirectory("synapse-bench");
    Path report = folder.resolve("jacoco.xml");
    try {
      write(report);
      double[] seconds = new double[rounds];
      LineReport read = null;
      for (int round = 0; round < WARM_UP + rounds; round++) {
        long start = System.nanoTime();
        read = read(folder, report);
        seconds[Math.max(0, round - WARM_UP)] = (System.nanoTime() - start) / 1e9;
      }
      Arrays.sort(seconds);
      System.out.printf(
          "JaCoCo XML of %d bytes, %d files, %s: median %.3f s, slowest %.3f s of %d%n",
          Files.size(report),
          read.files().size(),
          read.lines().orElseThrow(),
          seconds[rounds / 2],
          seconds[rounds - 1],
          rounds);
    } finally {
      Files.deleteIfExists(report);
      Files.delete(folder);
    }
  }

  private static LineReport read(Path folder, Path report) throws Exception {
    MeasuredReports read =
        Reports.read(folder, new ReportPaths(List.of(), List.of(report), List.of(), List.of()));
    return read.coverage().orElseThrow();
  }

  private static void write(Path report) throws IOException {
    try (Writer out = Files.newBufferedWriter(report)) {
      out.write(
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?><report name=\"bench\"><package name=\"p\">");
      long size = 0;
      for (int file = 0; size < SIZE; file++) {
        String text = file(file);
        out.write(text);
        size += text.length();
      }
      out.write("</package></report>");
    }
  }

  private static String file(int number) {
    var text =
        new StringBuilder(
            "<class name=\"p/C%d\" sourcefilename=\"C%d.java\">".formatted(number, number));
    for (int method = 0; method < LINES / 10; method++) {
      text.append(
          "<method name=\"m%d\" desc=\"(I)I\" line=\"%d\">".formatted(method, method * 10 + 1));
      text.append(COUNTERS).append("</method>");
    }
    text.append(COUNTERS).append("</class>");
    text.append("<sourcefile name=\"C%d.java\">".formatted(number));
    for (int line = 1; line <= LINES; line++) {
      int branches = line % 5 == 0 ? 1 : 0;
      text.append(
          "<line nr=\"%d\" mi=\"0\" ci=\"4\" mb=\"%d\" cb=\"%d\"/>"
              .formatted(line, branches, branches));
    }
    return text.append(COUNTERS).append("</sourcefile>").toString();
  }
}
